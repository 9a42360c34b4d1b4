"""Set how much tax is withheld from individuals, from a day on."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from zhanggui.audit.operations.record_change import record_change
from zhanggui.money.currencies import currency_of
from zhanggui.money.integers import require_integer
from zhanggui.money.rates import Rate
from zhanggui.settlement.invoices.dated import make_room
from zhanggui.settlement.invoices.errors import InvoiceError
from zhanggui.settlement.invoices.locks import hold_invoices_of
from zhanggui.settlement.invoices.tax_models import WithholdingTable

BRACKET = ("over_minor", "rate_ppm", "quick_minor")


class BracketsRefused(InvoiceError):
    """Brackets that do not ascend from zero, or lack a rate."""

    code = "brackets_refused"


def set_withholding_table(
    *, currency: str, effective_from: date, brackets: Sequence[dict[str, Any]], at: datetime, actor: str,
    entity_id: int = 0, allowance_minor: int = 0, allowance_ppm: int = 0,
) -> WithholdingTable:  # fmt: skip
    """This function will add a table in the caller's transaction, ending the open one before it. `brackets` are
    [{over_minor, rate_ppm, quick_minor}] from 0 on, ascending. Raises BracketsRefused, OverlappingTaxData,
    UnknownCurrency, InvalidRate, FloatRefused, NotAnInteger."""
    hold_invoices_of(0)
    currency_of(currency)
    unknown = sorted({name for one in brackets for name in one} - set(BRACKET))
    if unknown:
        raise BracketsRefused(
            f"a bracket has no {unknown[0]}; it has over_minor, rate_ppm and, if there is one, quick_minor"
        )
    try:
        kept = [
            {"over_minor": require_integer(one["over_minor"], "over_minor"), "rate_ppm": Rate(one["rate_ppm"]).ppm,
             "quick_minor": require_integer(one.get("quick_minor", 0), "quick_minor")}
            for one in brackets
        ]  # fmt: skip
    except KeyError as missing:
        raise BracketsRefused(
            f"a bracket lacks {missing.args[0]}; it has over_minor, rate_ppm, quick_minor"
        ) from None
    if (
        min((min(one["over_minor"], one["quick_minor"]) for one in kept), default=0) < 0
        or allowance_minor < 0
    ):
        raise BracketsRefused("amounts of brackets and the allowance are zero or more, in minor units")
    overs = [one["over_minor"] for one in kept]
    if not overs or overs[0] != 0 or overs != sorted(set(overs)):
        raise BracketsRefused("brackets begin at over_minor 0 and ascend; none may be named twice")
    rows = list(
        WithholdingTable.objects.select_for_update()
        .filter(currency=currency, entity_id=entity_id)
        .order_by("effective_from")
    )
    make_room(rows, effective_from, None, what="tables of withheld tax")
    row = WithholdingTable.objects.create(
        entity_id=entity_id, currency=currency, effective_from=effective_from, brackets=kept,
        allowance_minor=require_integer(allowance_minor, "The allowance"), allowance_ppm=Rate(allowance_ppm).ppm,
    )  # fmt: skip
    record_change(
        at=at, actor=actor, action="withholding.set", object_kind="withholding_table", object_id=str(row.id),
        after={"from": effective_from.isoformat(), "currency": currency, "entity_id": entity_id, "brackets": kept,
               "allowance_minor": row.allowance_minor, "allowance_ppm": row.allowance_ppm},
    )  # fmt: skip
    return row
