"""Change what a freight template asks for."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from zhanggui.audit.operations.record_change import record_change
from zhanggui.trade.pricing.locks import lock_template
from zhanggui.trade.pricing.models import FreightTemplate
from zhanggui.trade.pricing.operations.add_freight_template import content, write_rows
from zhanggui.trade.pricing.queries import freight_steps
from zhanggui.trade.pricing.rules.checking import check_rows, check_template
from zhanggui.trade.pricing.rules.freight import FreightStep


def change_freight_template(
    *, owner_id: int, code: str, name: Mapping[str, str], basis: str, rows: Sequence[FreightStep],
    at: datetime, actor: str, free_from_minor: int = 0,
) -> FreightTemplate:  # fmt: skip
    """This function will replace name, basis, bound and rows, in the caller's transaction. Orders keep the freight
    they froze; carts and purchases from now on pay the new one.

    Raises UnknownFreightTemplate, FreightTemplateWrong, FloatRefused, NotAnInteger.
    """
    template = lock_template(code, owner_id=owner_id)
    check_template(
        code=code, name=name, currency=template.currency, basis=basis, free_from_minor=free_from_minor
    )
    check_rows(rows)
    before = content(template, freight_steps(template))
    template.name = {key: text.strip() for key, text in name.items() if text.strip()}
    template.basis, template.free_from_minor = basis, free_from_minor
    template.save(update_fields=["name", "basis", "free_from_minor"])
    template.rows.all().delete()
    write_rows(template, rows)
    record_change(
        at=at, actor=actor, action="freight_template.changed", object_kind="freight_template", object_id=code,
        party_id=owner_id, before=before, after=content(template, rows),
    )  # fmt: skip
    return template
