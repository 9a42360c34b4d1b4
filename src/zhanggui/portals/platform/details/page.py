"""One fee detail, in the drawer or as a page: formula, rule, everything else on the order. Corrections."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from zhanggui.journeys.detail_disputed import detail_corrected
from zhanggui.money.errors import Refusal
from zhanggui.portals.desk.amounts import format_money, parse_amount
from zhanggui.portals.desk.details import Fact
from zhanggui.portals.desk.drawers import render_drawer
from zhanggui.portals.desk.people import may
from zhanggui.portals.desk.refusals import refusal_text
from zhanggui.portals.platform.access import needs
from zhanggui.portals.platform.details.explaining import CHARGE, Explained, explained
from zhanggui.portals.platform.names import fee_name, parties, party_name
from zhanggui.portals.platform.rule_sets.sentences import base_name, rounding_name, rule_sentence
from zhanggui.portals.platform.words import DETAIL_KINDS
from zhanggui.settlement.details.errors import UnknownDetail
from zhanggui.settlement.details.queries import DetailKey
from zhanggui.settlement.intake.models import Charge
from zhanggui.settlement.intake.queries import order_by_id
from zhanggui.settlement.statements.models import Dispute
from zhanggui.settlement.statements.moves import MOVED_KINDS
from zhanggui.settlement.statements.queries import statement


def read(text: str) -> Explained:
    """The detail with this number, or 404."""
    try:
        return explained(DetailKey.parse(text))
    except UnknownDetail as refusal:
        raise Http404(refusal_text(refusal)) from refusal


def facts_of(found: Explained) -> list[Fact]:
    """What the detail belongs to."""
    row = found.row
    held = statement(row["party_id"], row["statement_id"])
    order = order_by_id(row["order_id"]) if row["order_id"] else None
    facts = [
        Fact(_("Merchant"), party_name(parties([row["party_id"]]).get(row["party_id"])),
             href=reverse("platform:party", args=[row["party_id"]])),
        Fact(_("Kind"), DETAIL_KINDS[row["kind"]]),
        Fact(_("Time"), f"{timezone.localtime(row['occurred_at']):%Y-%m-%d %H:%M:%S}"),
        Fact(_("Detail"), str(found.key), copy=True),
    ]  # fmt: skip
    if held:
        url = reverse("platform:statement", args=[held.party_id, held.id])
        facts.insert(1, Fact(_("Statement"), held.number, href=url))
    if order:
        facts.insert(2, Fact(_("Order"), order.order_no, href=reverse("platform:order", args=[order.id])))
    if row["kind"] == CHARGE:
        charge = Charge.objects.filter(party_id=row["party_id"], line_id=row["line_id"]).first()
        if charge:
            facts.append(
                Fact(
                    _("Charge"), charge.charge_no, href=reverse("platform:charges") + f"?q={charge.charge_no}"
                )
            )
            if charge.memo:
                facts.append(Fact(_("Memo"), charge.memo))
    for one in found.told["related"]:
        label = _("Related: %(amount)s") % {"amount": format_money(one["amount_minor"], found.currency)}
        facts.append(
            Fact(label, one["detail"], href=reverse("platform:detail", args=[one["detail"]]), drawer=True)
        )
    return facts


def entry_of(found: Explained) -> dict[str, Any] | None:
    """The journal entry of the detail, with the number of its page."""
    entry = found.told["entry"]
    return entry | {"number": entry["key"].replace("/", "-")} if entry else None


def order_rows(found: Explained) -> list[dict[str, Any]]:
    """All details of the order, those of this line first, this one marked."""
    known = parties({row["party_id"] for row in found.order})
    rows = [
        {
            "fee": fee_name(row["fee_type_id"]), "party": party_name(known.get(row["party_id"])),
            "kind": DETAIL_KINDS[row["kind"]], "amount": row["amount"],
            "key": f"{row['party_id']}-{row['line_id']}-{row['event_id']}-{row['position']}",
            "same_line": row["line_id"] == found.row["line_id"],
        }
        for row in found.order
    ]  # fmt: skip
    for row in rows:
        row["here"] = row["key"] == str(found.key)
    return sorted(rows, key=lambda row: not row["same_line"])


@needs("details.view")
def detail_page(request: HttpRequest, key: str) -> HttpResponse:
    """The explanation of one detail."""
    found = read(key)
    rule = found.rule
    document = rule.content if rule else None
    disputed = Dispute.objects.filter(
        party_id=found.key.party_id, line_id=found.key.line_id, event_id=found.key.event_id,
        position=found.key.position,
    ).first()  # fmt: skip
    context = {
        "found": found, "row": found.row, "currency": found.currency, "facts": facts_of(found),
        "rule": rule, "disputed": disputed,
        "sentence": rule_sentence(document, found.currency) if document else "",
        "base": base_name(document["formula"]["base"]) if document else "",
        "rounding": rounding_name(document["formula"]["rounding"]) if document else "",
        "entry": entry_of(found),
        "order": order_rows(found), "order_sum": sum(row["amount"] for row in found.order),
        "may_correct": may(request.user, "corrections.create") and found.row["kind"] not in MOVED_KINDS,
    }  # fmt: skip
    title = fee_name(found.row["fee_type_id"])
    order = order_by_id(found.row["order_id"]) if found.row["order_id"] else None
    return render_drawer(
        request, "platform/detail.html", context, title=f"{title} · {order.order_no}" if order else title
    )


@needs("corrections.create")
def correct_detail(request: HttpRequest, key: str) -> HttpResponse:
    """Correct one detail: amount typed twice, reason, then a new detail on the open statement."""
    found = read(key)
    problem = ""
    amount = parse_amount(request.POST.get("amount", ""), found.currency)
    if request.method == "POST":
        retyped = parse_amount(request.POST.get("retyped", ""), found.currency)
        reason = request.POST.get("reason", "").strip()
        if amount is None or amount == 0:
            problem = _("Type the amount of the correction, with a minus when the merchant owes it.")
        elif amount != retyped:
            problem = _("The two amounts differ. Type the same amount in both boxes.")
        elif not reason:
            problem = _("Say why; the merchant reads it on the statement.")
        else:
            problem = _carry_out(request, found, amount, reason)
            if not problem:
                return HttpResponseRedirect(reverse("platform:detail", args=[key]))
    context = {
        "title": _("Correct %(fee)s") % {"fee": fee_name(found.row["fee_type_id"])}, "found": found,
        "row": found.row, "currency": found.currency, "problem": problem, "typed": request.POST,
        "facts": facts_of(found), "back": reverse("platform:detail", args=[key]),
        "breadcrumbs": [(_("Fee details"), reverse("platform:details")),
                        (key, reverse("platform:detail", args=[key])), (_("Correct"), "")],
    }  # fmt: skip
    return render(request, "platform/correct.html", context, status=422 if problem else 200)


def _carry_out(request: HttpRequest, found: Explained, amount: int, reason: str) -> str:
    now: datetime = timezone.now()
    try:
        made = detail_corrected(
            key=found.key, amount=amount, reason=reason, at=now, zone=timezone.get_default_timezone(),
            actor=request.user.get_username(),
        )  # fmt: skip
    except Refusal as refusal:
        return refusal_text(refusal)
    messages.success(request, _("Corrected by %(amount)s; the new detail is %(key)s.") % {
        "amount": format_money(amount, found.currency, signed=True), "key": made})  # fmt: skip
    return ""
