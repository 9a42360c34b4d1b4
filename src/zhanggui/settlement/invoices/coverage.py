"""How much of a part is invoiced, of an invoice taken back, of an expected invoice sent. Reads only."""

from collections import defaultdict
from typing import Any, NamedTuple

from zhanggui.rows.reading import rows_of
from zhanggui.settlement.invoices.models import InvoiceLine, InvoicePart, ReceivedInvoice, ReceivedState

# A red draft does not yet give back what it takes from a blue invoice: the details are free once it is issued.
_ON_INVOICES = """
select l.part_id, sum(l.gross_minor)::bigint as gross, sum(l.tax_minor)::bigint as tax
from settlement_invoice_line l join settlement_invoice i on i.party_id = l.party_id and i.id = l.invoice_id
join settlement_invoice_part p on p.party_id = l.party_id and p.id = l.part_id
where l.party_id = %s and i.state <> 'voided' and not (i.kind = 'red' and i.state = 'draft' and p.gross_minor > 0)
group by 1
"""


class Left(NamedTuple):
    """What of a part is on no invoice yet, minor units from the issuer's side."""

    part: InvoicePart
    gross: int
    tax: int


def parts_left(party_id: int, *, entity_id: int, mode: int, currency: str) -> list[Left]:
    """This function will return the parts of one party, entity, mode and currency that are not wholly on
    invoices, the oldest statement first."""
    on = {row["part_id"]: row for row in rows_of(_ON_INVOICES, [party_id])}
    rows = InvoicePart.objects.filter(
        party_id=party_id, entity_id=entity_id, mode=mode, currency=currency
    ).order_by("statement_id", "id")
    found = []
    for part in rows:
        done = on.get(part.id, {"gross": 0, "tax": 0})
        left = Left(part, part.gross_minor - done["gross"], part.tax_minor - done["tax"])
        if left.gross or left.tax:
            found.append(left)
    return found


type ByFee = dict[tuple[int, int], list[int]]
"""(fee type, rate) -> [gross, tax] in minor units."""


def red_room(party_id: int, invoice_id: int, *, with_drafts: bool = True) -> ByFee:
    """This function will return what can still be taken back from an invoice, by fee type and rate: its own
    lines less its red letters, drafts among them unless told otherwise."""
    room: ByFee = defaultdict(lambda: [0, 0])
    rows = rows_of(
        "select l.fee_type_id, l.rate_ppm, sum(l.gross_minor)::bigint as gross, sum(l.tax_minor)::bigint as tax"
        " from settlement_invoice_line l join settlement_invoice i on i.party_id = l.party_id"
        " and i.id = l.invoice_id where l.party_id = %s and (i.id = %s or (i.original_id = %s"
        " and i.state <> 'voided' and (%s or i.state <> 'draft'))) group by 1, 2",
        [party_id, invoice_id, invoice_id, with_drafts],
    )
    for row in rows:
        room[row["fee_type_id"], row["rate_ppm"]] = [row["gross"], row["tax"]]
    return room


def expected_by_rate(party_id: int, invoice_id: int) -> dict[int, list[int]]:
    """This function will return [net, tax] of an invoice by rate, minor units."""
    found: dict[int, list[int]] = {}
    for line in InvoiceLine.objects.filter(party_id=party_id, invoice_id=invoice_id):
        own = found.setdefault(line.rate_ppm, [0, 0])
        own[0] += line.net_minor
        own[1] += line.tax_minor
    return dict(sorted(found.items()))


def covered_by_rate(party_id: int, invoice_id: int) -> dict[int, list[int]]:
    """This function will return [net, tax] that documents not rejected cover of an expected invoice, by rate."""
    found: dict[int, list[int]] = {}
    for row in ReceivedInvoice.objects.filter(party_id=party_id, invoice_id=invoice_id).exclude(
        state=ReceivedState.REJECTED
    ):
        for one in row.by_rate:
            own = found.setdefault(one["rate_ppm"], [0, 0])
            own[0] += one["net_minor"]
            own[1] += one["tax_minor"]
    return found


def differences(party_id: int, invoice_id: int) -> list[dict[str, Any]]:
    """This function will list, by rate, where what was sent is not what is expected; empty = to the minor unit."""
    expected, covered = expected_by_rate(party_id, invoice_id), covered_by_rate(party_id, invoice_id)
    return [
        {"rate_ppm": rate, "expected_net": want[0], "expected_tax": want[1], "net": have[0], "tax": have[1],
         "net_left": want[0] - have[0], "tax_left": want[1] - have[1]}
        for rate in sorted(expected.keys() | covered.keys())
        for want, have in [(expected.get(rate, [0, 0]), covered.get(rate, [0, 0]))]
        if want != have
    ]  # fmt: skip
