"""Channel bills: the list, one bill with its control totals and rows, taking one in."""

import tempfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhanggui.journeys.bill_received import bill_received, bill_run_again, empty_day_received
from zhanggui.money.errors import Refusal
from zhanggui.portals.desk.details import Action, Detail, Fact, Proof
from zhanggui.portals.desk.lists import (
    Column,
    Condition,
    DateColumn,
    DateRangeFilter,
    DateTimeColumn,
    IntegerColumn,
    LinkColumn,
    MoneyColumn,
    QuerySetSource,
    SelectFilter,
    SqlSource,
    TextColumn,
    TextFilter,
)
from zhanggui.portals.desk.people import may
from zhanggui.portals.desk.refusals import refusal_text
from zhanggui.portals.desk.written import actor_name
from zhanggui.portals.platform.access import needs
from zhanggui.portals.platform.listing import MoneyList
from zhanggui.portals.platform.reconciliation.words import BILL_KINDS, CHANNELS, FROM_OUTSIDE, LEGS, STATES
from zhanggui.settlement.entities.models import OwnAccount
from zhanggui.settlement.reconciliation.models import Bill
from zhanggui.settlement.reconciliation.queries import kept_as_taken_in, runs_of

MOST_BYTES = 50 * 1024 * 1024
ROWS = """
select r.bill_id * 10000000 + r.row_number as id, r.bill_id, r.row_number, r.kind, r.state, r.occurred_at,
  r.amount_minor as amount, r.fee_milli / 1000 as fee, r.own_number, r.own_refund_number, r.channel_number,
  r.flow_number, r.title, b.currency,
  case when m.bill_id is not null then 'matched' when d.id is not null then d.state else '' end as place,
  d.id as difference
from settlement_external_record r join settlement_bill b on b.id = r.bill_id
left join settlement_reconciliation_match m on m.bill_id = r.bill_id and m.row_number = r.row_number
  and m.leg = case b.kind when 'trade' then 1 when 'fund' then 2 else 4 end
left join settlement_difference d on d.bill_id = r.bill_id and d.row_number = r.row_number and d.state <> 'cleared'
  and d.leg = case b.kind when 'trade' then 1 when 'fund' then 2 else 4 end
where {where}
"""


def account_choices() -> list[tuple[str, str]]:
    """Accounts of ours by id."""
    return [(str(row.id), row.code) for row in OwnAccount.objects.order_by("code")]


def leg_choices() -> list[tuple[str, Any]]:
    """What is held against what, by number."""
    return [(str(number), label) for number, label in LEGS.items()]


def place_choices() -> list[tuple[str, Any]]:
    """Where a row may be."""
    return [(one, place_name(one)) for one in ("matched", "open", "suspended")]


class BillList(MoneyList):
    """Bills of channels and statements of banks."""

    name = "platform.bills"
    title = gettext_lazy("Channel bills")
    permission = "reconciliation.view"
    sort = "-starts_on"
    empty = gettext_lazy("No bill has come in yet. Take in the first one with the button above.")

    def get_source(self) -> QuerySetSource:
        """Bills."""
        return QuerySetSource(Bill.objects.select_related("own_account"))

    def get_filters(self) -> Sequence[Any]:
        """By name, account, kind and day."""
        return [
            TextFilter("q", _("File name"), contains=["source_name"]),
            SelectFilter("account", _("Own account"), account_choices, field="own_account_id", read=int),
            SelectFilter("kind", _("Kind"), list(BILL_KINDS.items())),
            *self.currency_filters(),
            DateRangeFilter("day", _("Day"), field="starts_on", days=True),
        ]

    def get_columns(self) -> Sequence[Column]:
        """What it is of, and what it comes to."""
        money = {"currency": self.currency, "total": True}
        return [
            LinkColumn("id", _("Bill"), value=lambda r: f"#{r.id}", sort="id",
                       href=lambda r: reverse("platform:bill", args=[r.id])),
            DateColumn("starts_on", _("From"), sort="starts_on"),
            DateColumn("ends_before", _("Before"), sort="ends_before", shown=False, phone=""),
            TextColumn("account", _("Own account"), value=lambda r: r.own_account.code, phone="sub"),
            TextColumn("channel", _("Channel"), value=lambda r: CHANNELS.get(r.channel, r.channel)),
            TextColumn("kind", _("Kind"), value=lambda r: BILL_KINDS[r.kind], phone="badge"),
            IntegerColumn("rows", _("Rows"), total=True, sort="rows"),
            MoneyColumn("in_minor", _("Came in"), sort="in_minor", phone="amount", **money),
            MoneyColumn("out_minor", _("Went out"), sort="out_minor", **money),
            TextColumn("source_name", _("Source"), phone=""),
            DateTimeColumn("imported_at", _("Taken in"), sort="imported_at", phone=""),
            TextColumn("actor", _("By"), value=lambda r: actor_name(r.actor), phone=""),
        ]  # fmt: skip

    def page_actions(self) -> Sequence[Any]:
        """Taking one in, for those who may."""
        if not may(self.user, "reconciliation.act"):
            return []
        return [Action(_("Take in a bill"), reverse("platform:bill_upload"), "primary", icon="import")]


class BillRows(MoneyList):
    """The rows of one bill, and where each is."""

    name = "platform.bill_rows"
    title = gettext_lazy("Rows of the bill")
    permission = "reconciliation.view"
    sort = "row_number"

    def restrict(self) -> Sequence[Any]:
        """One bill."""
        return [Condition("bill_id", "eq", self.scope["bill_id"])]

    def get_source(self) -> SqlSource:
        """Rows."""
        fields = {
            "id": "r.row_number", "row_number": "r.row_number", "bill_id": "r.bill_id", "amount": "r.amount_minor",
            "occurred_at": "r.occurred_at", "own_number": "r.own_number", "channel_number": "r.channel_number",
            "refund": "r.own_refund_number",
            "place": "case when m.bill_id is not null then 'matched' when d.id is not null then d.state else '' end",
        }  # fmt: skip
        return SqlSource(select=ROWS, fields=fields, key="row_number")

    def get_filters(self) -> Sequence[Any]:
        """By number and place."""
        return [
            TextFilter("q", _("Order, refund or channel number"), starts=["own_number", "channel_number", "refund"]),
            SelectFilter("place", _("Where it is"), place_choices),
        ]  # fmt: skip

    def get_columns(self) -> Sequence[Column]:
        """The row and its place."""
        currency = {"currency": lambda r: r.currency}
        return [
            IntegerColumn("row_number", _("Row number"), sort="row_number", phone="title"),
            DateTimeColumn("occurred_at", _("Time"), sort="occurred_at"),
            TextColumn("own_number", _("Our number"), code=True,
                       value=lambda r: r.own_refund_number or r.own_number, phone="sub"),
            TextColumn("channel_number", _("Channel number"), code=True, phone=""),
            MoneyColumn("amount", _("Amount"), sort="amount", total=True, phone="amount", **currency),
            MoneyColumn("fee", _("Channel fee"), phone="", **currency),
            TextColumn("title", _("About"), phone=""),
            TextColumn("place", _("Where it is"), value=lambda r: place_name(r.place), phone="badge",
                       href=lambda r: reverse("platform:difference", args=[r.difference]) if r.difference else None),
        ]  # fmt: skip


def place_name(code: str) -> str:
    """Where a row is, in words."""
    if code == "matched":
        return _("Matched")
    return str(STATES[code].label) if code in STATES else _("Not looked at")


@needs("reconciliation.view")
def bill_page(request: HttpRequest, bill_id: int) -> HttpResponse:
    """One bill: totals, its own foot, what the runs over it found."""
    row = Bill.objects.select_related("own_account").filter(id=bill_id).first()
    if row is None:
        raise Http404(_("There is no such bill."))
    if request.method == "POST":
        if not may(request.user, "reconciliation.act"):
            raise Http404
        runs = bill_run_again(bill_id=row.id, clock=timezone.now, actor=request.user.get_username())
        told = _("New runs: %(count)s.") % {"count": len(runs)} if runs else _("Nothing new to place.")
        messages.success(request, told)
        return HttpResponseRedirect(request.path)
    facts = [
        Fact(_("Own account"), row.own_account.code), Fact(_("Channel"), CHANNELS.get(row.channel, row.channel)),
        Fact(_("Days"), f"{row.starts_on} – {row.ends_before}"), Fact(_("Form"), row.form),
        Fact(_("Source"), row.source_name), Fact(_("Digest"), bytes(row.digest).hex()[:16], copy=True),
        Fact(_("Taken in"), f"{timezone.localtime(row.imported_at):%Y-%m-%d %H:%M:%S}"),
        Fact(_("By"), actor_name(row.actor) or "–"),
    ]  # fmt: skip
    actions = []
    if may(request.user, "reconciliation.act"):
        actions = [Action(_("Run again"), request.path, "primary", post=True)]
    rows_url = reverse("platform:bill_rows", args=[row.id])
    detail = Detail(
        number=f"#{row.id}", kind=BILL_KINDS[row.kind], amount=row.in_minor + row.out_minor, currency=row.currency,
        amount_label=_("What moved"), facts=facts, actions=actions,
        proof=_proof(row, rows_url),
        breadcrumbs=[(_("Channel bills"), reverse("platform:bills"))],
    )  # fmt: skip
    context = {
        "detail": detail, "row": row, "rows_url": rows_url, "told": list(row.told.items()),
        "runs": [(one, LEGS[one.leg]) for one in runs_of(row.id)], "fee": row.fee_milli // 1000,
    }  # fmt: skip
    return render(request, "platform/bill.html", context)


def _proof(row: Bill, rows_url: str) -> Proof:
    """Counted anew: the rows that are kept against what the bill came to when it was taken in, foot and all."""
    holds = kept_as_taken_in(row)
    if not holds:
        return Proof(False, _("The rows that are kept are not those that came in"), rows_url)
    told = _("%(rows)s rows agree with the foot") if row.told else _("%(rows)s rows, as they came in")
    return Proof(True, told % {"rows": f"{row.rows:,}"}, rows_url)


@needs("reconciliation.act")
def upload_page(request: HttpRequest) -> HttpResponse:
    """Take in a bill, within limits; larger ones go through the command line."""
    problem = ""
    if request.method == "POST":
        problem, bill = _taken_in(request)
        if bill is not None:
            return HttpResponseRedirect(reverse("platform:bill", args=[bill.id]))
    context = {
        "title": _("Take in a bill"), "problem": problem, "accounts": account_choices(),
        "channels": list(FROM_OUTSIDE.items()), "most": MOST_BYTES // 1024**2, "typed": request.POST,
        "breadcrumbs": [(_("Channel bills"), reverse("platform:bills")), (_("Take in a bill"), "")],
    }  # fmt: skip
    return render(request, "platform/bill_upload.html", context, status=422 if problem else 200)


def _taken_in(request: HttpRequest) -> tuple[str, Bill | None]:
    """What was wrong, or the bill."""
    uploaded, number = request.FILES.get("file"), request.POST.get("account", "")
    account = OwnAccount.objects.filter(id=int(number) if number.isdigit() else 0).first()
    channel, text = request.POST.get("channel", ""), request.POST.get("day", "")
    empty = request.POST.get("empty") == "1"
    if account is None or channel not in FROM_OUTSIDE or (uploaded is None and not empty):
        return _("Choose an account, a channel and a file."), None
    try:
        day = date.fromisoformat(text) if text else None
    except ValueError:
        return _("Write the day as 2026-03-31."), None
    if uploaded is not None and uploaded.size > MOST_BYTES:
        told = _("The file is larger than %(most)s MB. Take it in with `zhanggui reconcile`.")
        return told % {"most": MOST_BYTES // 1024**2}, None
    given = {
        "own_account": account,
        "channel": channel,
        "clock": timezone.now,
        "actor": request.user.get_username(),
    }
    try:
        if empty:
            if day is None:
                return _("Write the day on which the channel has no bill."), None
            received = empty_day_received(kind="trade", day=day, **given)
        else:
            received = _from_upload(uploaded, day, given)
    except Refusal as refusal:
        return refusal_text(refusal), None
    if received.new:
        messages.success(request, _("Taken in: %(rows)s rows.") % {"rows": f"{received.bill.rows:,}"})
    else:
        messages.info(request, _("This bill is here already; what has come since was placed."))
    return "", received.bill


def _from_upload(uploaded: Any, day: date | None, told: dict[str, Any]) -> Any:
    name = Path(uploaded.name or "bill").name
    with tempfile.TemporaryDirectory(prefix="zhanggui-bill-") as folder:
        path = Path(folder) / "bill"
        with path.open("wb") as target:
            for part in uploaded.chunks():
                target.write(part)
        return bill_received(path=path, name=name, day=day, **told)
