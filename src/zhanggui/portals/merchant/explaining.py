"""Why an amount is what it is, in plain words, with everything else charged on the same line."""

from typing import Any

from django.db import connection
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from zhanggui.ledger.sources import EntrySource
from zhanggui.money.errors import Refusal
from zhanggui.parties.tenancy import as_tenant
from zhanggui.portals.desk.amounts import format_money, format_rate
from zhanggui.portals.desk.details import Fact
from zhanggui.portals.desk.drawers import render_drawer
from zhanggui.portals.desk.lists.columns import units_text
from zhanggui.portals.desk.refusals import refusal_text
from zhanggui.portals.merchant.standing import may_here, shop_page
from zhanggui.portals.merchant.words import DETAIL_KINDS, DISPUTES, fee_name
from zhanggui.settlement.details.queries import DetailKey
from zhanggui.settlement.replays.explain import explain_detail
from zhanggui.settlement.splits.models import ShareReturn, SplitShare
from zhanggui.settlement.statements.models import Dispute, Statement, StatementState
from zhanggui.settlement.statements.moves import MOVED_KINDS

SPLIT = (EntrySource.SPLIT, EntrySource.SPLIT_CLOSED, EntrySource.SPLIT_RETURNED)
OWN_LINE = """
select d.party_id, d.line_id, d.event_id, d.position, d.fee_type_id, d.kind, d.amount, d.base, d.currency,
       d.statement_id, d.occurred_at, coalesce(o.order_no, '') as order_no, coalesce(sku.code, '') as sku,
       coalesce(l.title, '') as title
from settlement_detail d
left join settlement_staged_line l on l.merchant_id = d.merchant_id and l.line_id = d.line_id
left join settlement_staged_order o on o.id = l.order_id
left join settlement_dimension sku on sku.id = l.sku_id and l.sku_id > 0
where d.party_id = %s and d.line_id = %s order by d.event_id, d.position
"""


def own_details(party_id: int, key: DetailKey) -> list[dict[str, Any]]:
    """Every detail of the key's line that is the shop's; empty for somebody else's."""
    with as_tenant(party_id), connection.cursor() as cursor:
        cursor.execute(OWN_LINE, [key.party_id, key.line_id])
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def own_detail(party_id: int, detail: str) -> tuple[DetailKey, dict[str, Any], list[dict[str, Any]]]:
    """A detail of the shop with its neighbours on the line, or 404."""
    try:
        key = DetailKey.parse(detail)
    except Refusal as unknown:
        raise Http404(refusal_text(unknown)) from unknown
    rows = own_details(party_id, key)
    found = [row for row in rows if (row["event_id"], row["position"]) == (key.event_id, key.position)]
    if not found:
        raise Http404(_("There is no such detail."))
    return key, found[0], rows


@shop_page("own_details.view")
def why(request: HttpRequest, party_id: int, detail: str) -> HttpResponse:
    """The drawer of one detail."""
    key, row, rows = own_detail(party_id, detail)
    with as_tenant(party_id):
        statement = Statement.objects.filter(party_id=party_id, id=row["statement_id"]).first()
        dispute = Dispute.objects.filter(
            party_id=party_id, line_id=key.line_id, event_id=key.event_id, position=key.position
        ).first()
        share = _share_of(key) if row["kind"] in SPLIT else None
    told = explain_detail(key, get_language() or "zh")
    may_object = (
        statement is not None
        and statement.state == StatementState.CONFIRMING
        and dispute is None
        and row["kind"] not in MOVED_KINDS
        and may_here(request, "own_disputes.open")
    )
    context = {
        "row": row, "steps": [step["text"] for step in told["steps"]], "formula": formula_of(told),
        "fee": fee_name(row["fee_type_id"]), "facts": _facts(row, statement, share), "detail": str(key),
        "line": [(one, fee_name(one["fee_type_id"]), DETAIL_KINDS.get(one["kind"], "")) for one in rows],
        "line_total": sum(one["amount"] for one in rows), "dispute": dispute,
        "dispute_badge": DISPUTES[dispute.state] if dispute else None,
        "object_url": reverse("merchant:dispute", args=[key]) if may_object else "",
    }  # fmt: skip
    title = f"{context['fee']} · {row['order_no']}" if row["order_no"] else context["fee"]
    return render_drawer(request, "merchant/why.html", context, title=title)


def formula_of(told: dict[str, Any]) -> tuple[str, str] | None:
    """(base, rate) as texts where the amount is one product and nothing else; None otherwise."""
    steps = told["steps"]
    rated = [step for step in steps if step["kind"] == "rate"]
    if len(rated) != 1 or not {step["kind"] for step in steps} <= {"base", "tier", "rate", "sign"}:
        return None
    parts = rated[0]["values"].get("parts", ())
    if len(parts) != 1:
        return None
    amount, ppm = parts[0]["amount"], parts[0]["ppm"]
    in_units = told["base_unit"] == "unit"
    return units_text(amount) if in_units else format_money(amount, told["currency"]), format_rate(ppm)


def _share_of(key: DetailKey) -> SplitShare | None:
    """The share that a detail took off a statement, or put on it again."""
    back = ShareReturn.objects.filter(party_id=key.party_id, line_id=key.line_id).values("share_id")
    found = Q(line_id=key.line_id) | Q(back_line_id=key.line_id) | Q(id__in=back)
    return SplitShare.objects.filter(found, party_id=key.party_id).first()


def _facts(row: dict[str, Any], statement: Statement | None, share: SplitShare | None) -> list[Fact]:
    facts = [Fact(_("Kind"), DETAIL_KINDS.get(row["kind"], ""))]
    if share is not None:
        url = reverse("merchant:split", args=[share.split_number])
        facts += [
            Fact(_("Order"), share.order_no, copy=True),
            Fact(pgettext("splits", "Split"), share.split_number, href=url),
        ]
    if row["order_no"]:
        url = f"{reverse('merchant:details')}?q={row['order_no']}"
        facts.append(Fact(_("Order"), row["order_no"], href=url))
    if row["sku"]:
        facts.append(Fact(_("Article"), row["title"] or row["sku"]))
    if statement is not None:
        facts.append(
            Fact(_("Statement"), statement.number, href=reverse("merchant:statement", args=[statement.id]))
        )
    return facts
