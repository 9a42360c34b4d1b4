"""Set at which rate and under which code something is invoiced, from a day on."""

from collections.abc import Mapping
from datetime import date, datetime

from zhanggui.audit.operations.record_change import record_change
from zhanggui.money.rates import Rate
from zhanggui.settlement.invoices.dated import make_room
from zhanggui.settlement.invoices.locks import hold_invoices_of
from zhanggui.settlement.invoices.tax_models import TaxTreatment


def set_tax_treatment(
    *, direction: int, rate_ppm: int, effective_from: date, at: datetime, actor: str, tax_code: str = "",
    item: Mapping[str, str] | None = None, entity_id: int = 0, party_id: int = 0, fee_type_id: int = 0,
) -> TaxTreatment:  # fmt: skip
    """This function will add a treatment in the caller's transaction, ending the open row before it; 0 stands for
    every entity, party or fee type. Parts worked out already keep theirs. Raises OverlappingTaxData, InvalidRate."""
    hold_invoices_of(party_id)
    rate = Rate(rate_ppm).ppm
    key = {"direction": direction, "entity_id": entity_id, "party_id": party_id, "fee_type_id": fee_type_id}
    rows = list(TaxTreatment.objects.select_for_update().filter(**key).order_by("effective_from"))
    make_room(rows, effective_from, None, what="treatments of the same kind")
    row = TaxTreatment.objects.create(
        **key, effective_from=effective_from, rate_ppm=rate, tax_code=tax_code.strip(), item=dict(item or {})
    )
    record_change(
        at=at, actor=actor, action="tax_treatment.set", object_kind="tax_treatment", object_id=str(row.id),
        party_id=party_id, after={**key, "from": effective_from.isoformat(), "rate_ppm": rate,
                                  "tax_code": row.tax_code},
    )  # fmt: skip
    return row
