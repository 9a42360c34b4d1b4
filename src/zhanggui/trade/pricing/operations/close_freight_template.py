"""Close a freight template that no goods on sale name."""

from datetime import datetime

from zhanggui.audit.operations.record_change import record_change
from zhanggui.trade.catalogue.models import Spu, SpuState
from zhanggui.trade.pricing.errors import FreightTemplateInUse, UnknownFreightTemplate
from zhanggui.trade.pricing.locks import lock_template
from zhanggui.trade.pricing.models import FreightTemplate


def close_freight_template(*, owner_id: int, code: str, at: datetime, actor: str) -> FreightTemplate:
    """This function will close a template, in the caller's transaction: nobody chooses it for goods any more.

    Raises UnknownFreightTemplate (also for a closed one), FreightTemplateInUse.
    """
    template = lock_template(code, owner_id=owner_id)
    if not template.active:
        raise UnknownFreightTemplate(f"freight template {code} is closed already", template=code)
    users = Spu.objects.filter(freight_template_id=template.id, state=SpuState.LISTED).count()
    if users:
        raise FreightTemplateInUse(
            f"{users} goods on sale name freight template {code}; give them another one first", template=code,
            goods=users,
        )  # fmt: skip
    template.active = False
    template.save(update_fields=["active"])
    record_change(
        at=at, actor=actor, action="freight_template.closed", object_kind="freight_template", object_id=code,
        party_id=owner_id,
    )  # fmt: skip
    return template
