"""Which row of dated tax data holds: the most specific one on the day. Reads only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from zhanggui.settlement.invoices.tax_models import InvoicePolicy, TaxProfile, TaxTreatment, WithholdingTable


def _on(day: date) -> Q:
    return Q(effective_from__lte=day) & (Q(effective_before__isnull=True) | Q(effective_before__gt=day))


def profile(party_id: int, entity_id: int, day: date) -> TaxProfile | None:
    """This function will return the party's tax data at the entity on a day: its own for the entity before that
    for all. Party 0 is the entity itself."""
    rows: QuerySet[TaxProfile] = TaxProfile.objects.filter(
        _on(day), party_id=party_id, entity_id__in=[0, entity_id]
    )
    return rows.order_by("-entity_id", "-effective_from").first()


def policy(entity_id: int) -> InvoicePolicy:
    """This function will return how an entity invoices: its own row, the general one, else the built-in one."""
    rows = {row.entity_id: row for row in InvoicePolicy.objects.filter(entity_id__in=[0, entity_id])}
    return rows.get(entity_id) or rows.get(0) or InvoicePolicy(entity_id=0)


def withholding_table(entity_id: int, currency: str, day: date) -> WithholdingTable | None:
    """This function will return the table by which tax is withheld on a day, or None."""
    rows: QuerySet[WithholdingTable] = WithholdingTable.objects.filter(
        _on(day), currency=currency, entity_id__in=[0, entity_id]
    )
    return rows.order_by("-entity_id", "-effective_from").first()


@dataclass(frozen=True)
class Treatments:
    """All treatments that concern one party at one entity."""

    rows: Sequence[TaxTreatment]

    @classmethod
    def load(cls, party_id: int, entity_id: int) -> "Treatments":
        """This method will read them."""
        found = TaxTreatment.objects.filter(party_id__in=[0, party_id], entity_id__in=[0, entity_id])
        return cls(list(found))

    def find(self, direction: int, fee_type_id: int, day: date) -> TaxTreatment | None:
        """This method will return the most specific treatment on a day: fee type before party before entity."""
        fitting = [
            row for row in self.rows
            if row.direction == direction and row.fee_type_id in (0, fee_type_id) and row.effective_from <= day
            and (row.effective_before is None or row.effective_before > day)
        ]  # fmt: skip
        return max(
            fitting,
            key=lambda row: (row.fee_type_id > 0, row.party_id > 0, row.entity_id > 0, row.effective_from),
            default=None,
        )
