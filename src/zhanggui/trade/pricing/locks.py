"""Freight templates, locked one at a time."""

from zhanggui.trade.pricing.errors import UnknownFreightTemplate
from zhanggui.trade.pricing.models import FreightTemplate


def lock_template(code: str, *, owner_id: int) -> FreightTemplate:
    """This function will return an owner's template and keep others from it. Raises UnknownFreightTemplate."""
    row = FreightTemplate.objects.select_for_update(no_key=True).filter(code=code, owner_id=owner_id).first()
    if row is None:
        raise UnknownFreightTemplate(f"there is no freight template {code}; check its code", template=code)
    return row
