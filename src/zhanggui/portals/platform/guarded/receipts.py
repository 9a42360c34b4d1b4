"""Receipts at our bank (收款/线下收款): the list, recording and importing, one receipt with its claims (认款)."""

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhanggui.journeys.receipt_recorded import (
    claim_reversed,
    receipt_claimed,
    receipt_recorded,
    receipt_refund_requested,
    receipt_reversed,
    receipts_imported,
)
from zhanggui.journeys.receiver_proposed import receiver_proposed_for_receipt
from zhanggui.portals.desk.amounts import format_money
from zhanggui.portals.desk.details import Action, Detail, Fact
from zhanggui.portals.desk.lists import (
    Column,
    DateColumn,
    DateRangeFilter,
    LinkColumn,
    MoneyColumn,
    MoneyRangeFilter,
    SqlSource,
    StatusColumn,
    StatusTabs,
    TextColumn,
    TextFilter,
)
from zhanggui.portals.desk.people import may
from zhanggui.portals.desk.uploaded import content_of
from zhanggui.portals.desk.written import actor_name
from zhanggui.portals.platform.access import needs
from zhanggui.portals.platform.guarded.documents import (
    Cell,
    Field,
    Form,
    Incomplete,
    Table,
    Typed,
    acted,
    document_page,
    form_page,
)
from zhanggui.portals.platform.guarded.leaving import payout_cell
from zhanggui.portals.platform.listing import MoneyList
from zhanggui.portals.platform.names import in_language, parties, party_name
from zhanggui.portals.platform.words import CLAIM_TARGETS, DOCUMENT_STATES, RECEIPT_STATES
from zhanggui.settlement.adjustments.models import DocumentState
from zhanggui.settlement.collections.models import Debt, Receipt
from zhanggui.settlement.collections.operations.import_receipts import RECEIPT_FILES
from zhanggui.settlement.collections.queries import claims_of, receipt, refunds_of
from zhanggui.settlement.collections.states import receipt_state
from zhanggui.settlement.entities.models import OwnAccount
from zhanggui.settlement.payouts.queries import receiver_for
from zhanggui.settlement.statements.models import Statement
from zhanggui.vault.sealing import masked

NUMBER = "'RC' || lpad(r.id::text, 8, '0')"
REST = "case when r.reversed_at is null then r.amount_minor - r.claimed_minor - r.refunded_minor else 0 end"
STATE = (
    "case when r.reversed_at is not null then 'reversed' when r.claimed_minor + r.refunded_minor = 0 then 'unclaimed'"
    " when r.claimed_minor + r.refunded_minor < r.amount_minor then 'partly'"
    " when r.claimed_minor > 0 then 'claimed' else 'refunded' end"
)
SELECT = f"""
select r.id, {NUMBER} as number, o.code as account, r.currency, r.bank_reference, r.amount_minor as amount,
  r.claimed_minor as claimed, r.refunded_minor as refunded, {REST} as rest, r.received_on, r.payer, r.memo,
  {STATE} as state
from settlement_receipt r join settlement_own_account o on o.id = r.own_account_id where {{where}}
"""
MOST_DEBTS = 200


class ReceiptList(MoneyList):
    """Money that arrived at our bank."""

    name = "platform.receipts"
    title = gettext_lazy("Receipts")
    permission = "collections.view"
    sort = "-received_on"
    tabs = StatusTabs.of("state", RECEIPT_STATES)
    empty = gettext_lazy("Record what arrived at the bank, or import a file of it, with the button above.")

    def get_source(self) -> SqlSource:
        """Receipts."""
        fields = {"id": "r.id", "number": NUMBER, "state": STATE, "currency": "r.currency",
                  "amount": "r.amount_minor", "claimed": "r.claimed_minor", "refunded": "r.refunded_minor",
                  "rest": REST,
                  "received_on": "r.received_on", "reference": "r.bank_reference", "payer": "r.payer",
                  "memo": "r.memo"}  # fmt: skip
        return SqlSource(select=SELECT, fields=fields)

    def page_actions(self) -> list[Action]:
        """Record one."""
        if not may(self.user, "collections.act"):
            return []
        return [Action(_("Record or import"), reverse("platform:record_receipt"), kind="primary")]

    def get_filters(self) -> Sequence[Any]:
        """By number, reference, payer, day and amount."""
        return [
            TextFilter("q", _("Number, bank reference, payer or memo"), starts=["number", "reference"],
                       contains=["payer", "memo"]),
            DateRangeFilter("received", _("Received"), field="received_on", days=True),
            MoneyRangeFilter("amount", _("Amount"), field="amount", currency=self.currency),
            *self.currency_filters(),
        ]  # fmt: skip

    def get_columns(self) -> Sequence[Column]:
        """What arrived, and what is left of it."""
        money = {"currency": self.currency, "total": True}
        return [
            LinkColumn(
                "number", _("Number"), sort="id", href=lambda r: reverse("platform:receipt", args=[r.id])
            ),
            StatusColumn("state", _("Status"), badges=RECEIPT_STATES),
            DateColumn("received_on", _("Received"), sort="received_on"),
            TextColumn("payer", _("Payer"), wrap=True),
            TextColumn("bank_reference", _("Bank reference"), code=True),
            TextColumn("account", _("Our account"), phone=""),
            MoneyColumn("amount", _("Amount"), sort="amount", phone="amount", **money),
            MoneyColumn("claimed", _("Claimed"), sort="claimed", phone="", **money),
            MoneyColumn("refunded", _("Given back"), sort="refunded", phone="", **money),
            MoneyColumn("rest", _("Still to claim"), sort="rest", **money),
            TextColumn("memo", _("Memo"), wrap=True, phone=""),
        ]


@needs("collections.act")
def record_page(request: HttpRequest) -> HttpResponse:
    """Record one receipt, or a file of them."""

    def account(typed: Typed) -> OwnAccount:
        return OwnAccount.objects.get(code=typed.text("account"))

    def record(typed: Typed) -> str:
        own = account(typed)
        row = receipt_recorded(
            own_account=own, bank_reference=typed.text("reference"),
            amount_minor=typed.amount("amount", own.currency), received_on=typed.a_day("received_on"),
            payer=typed.text("payer", required=False),
            payer_account=masked(typed.text("payer_account", required=False)),
            memo=typed.text("memo", required=False), at=timezone.now(), actor=request.user.get_username(),
        )  # fmt: skip
        return reverse("platform:receipt", args=[row.id])

    def take(typed: Typed) -> str:
        file = typed.files.get("file")
        if file is None:
            raise Incomplete(_("Choose a CSV file of at most 2 MB."))
        receipts_imported(
            own_account=account(typed),
            content=content_of(file, RECEIPT_FILES),
            name=file.name or "",
            at=timezone.now(),
            actor=request.user.get_username(),
        )
        return reverse("platform:receipts")

    faults: list[str] = []
    problem, gone = "", None
    if request.method == "POST":
        acts = {"record": record, "import": take}
        problem, gone = acted(request, "collections.act", acts, _("Recorded."), faults=faults)
    if gone:
        return gone
    typed = request.POST
    accounts = [
        (row.code, f"{in_language(row.name, row.code)} ({row.currency})")
        for row in OwnAccount.objects.filter(kind="bank", active=True).order_by("code")
    ]
    own = Field("account", _("Our account"), "select", accounts, typed.get("account", ""))
    boxes = [("reference", _("Bank reference"), "text"), ("received_on", _("Received on"), "day"),
             ("amount", _("Amount"), "amount")]  # fmt: skip
    more = [("payer", _("Payer")), ("payer_account", _("Payer's account; its last four characters are kept")),
            ("memo", _("Memo"))]  # fmt: skip
    forms = [
        Form("record", _("Record one receipt"), _("Record"),
             [own, *(Field(name, label, kind, value=typed.get(name, "")) for name, label, kind in boxes),
              *(Field(name, label, value=typed.get(name, ""), required=False) for name, label in more)],
             _("It is unclaimed until somebody claims it for a debt or a deposit.")),
        Form("import", _("Import a file"), _("Import"), [own, Field("file", _("CSV file"), "file")],
             _("Columns `reference`, `received_on`, `amount`; as wanted `payer`, `payer_account`, `memo`. All rows"
               " or none;"
               " sent again, what is here already is left out.")),
    ]  # fmt: skip
    return form_page(
        request, _("Record receipts"), forms=forms, problem=problem, back=reverse("platform:receipts"),
        faults=faults,
    )  # fmt: skip


@needs("collections.view")
def receipt_page(request: HttpRequest, receipt_id: int) -> HttpResponse:
    """One receipt: its claims, claiming the rest, giving it back."""
    row = receipt(receipt_id)
    if row is None:
        raise Http404(_("There is no such receipt."))
    who, problem, gone = request.user.get_username(), "", None
    moment = {"at": timezone.now(), "zone": timezone.get_default_timezone()}

    def claim(typed: Typed) -> None:
        party, _dash, statement = typed.text("debt").partition("-")
        if not (party.isdigit() and statement.isdigit()):
            raise Incomplete(_("Choose the debt that this money pays."))
        receipt_claimed(
            receipt_id=row.id, party_id=int(party), target="debt", statement_id=int(statement),
            amount_minor=typed.amount("amount", row.currency), actor=who, **moment,
        )  # fmt: skip

    def deposit(typed: Typed) -> None:
        receipt_claimed(
            receipt_id=row.id, party_id=typed.party().id, target="deposit",
            amount_minor=typed.amount("amount", row.currency), actor=who, **moment,
        )  # fmt: skip

    def unclaim(typed: Typed) -> None:
        number = typed.text("claim")
        claim_reversed(
            claim_id=int(number) if number.isdigit() else 0, reason=typed.text("reason"), actor=who, **moment
        )

    def give_back(typed: Typed) -> None:
        receipt_refund_requested(
            receipt_id=row.id, amount_minor=typed.amount("amount", row.currency), reason=typed.text("reason"),
            at=timezone.now(), maker=who,
        )  # fmt: skip

    def withdraw(typed: Typed) -> None:
        receipt_reversed(receipt_id=row.id, reason=typed.text("reason"), actor=who, **moment)

    def send_back(typed: Typed) -> None:
        receiver_proposed_for_receipt(
            receipt_id=row.id, currency=row.currency, holder=typed.text("holder"), number=typed.text("number"),
            bank=typed.text("bank", required=False), cnaps=typed.text("cnaps", required=False),
            bic=typed.text("bic", required=False), at=timezone.now(), actor=who,
        )  # fmt: skip

    if request.method == "POST" and request.POST.get("act") == "send_back":
        problem, gone = acted(request, "receivers.change", {"send_back": send_back},
                              _("Another person has to verify the account."))  # fmt: skip
    elif request.method == "POST":
        acts = {
            "claim": claim,
            "deposit": deposit,
            "unclaim": unclaim,
            "give_back": give_back,
            "withdraw": withdraw,
        }
        problem, gone = acted(request, "collections.act", acts, _("Done."))
    if gone:
        return gone
    forms = _forms(row) if may(request.user, "collections.act") else []
    if may(request.user, "receivers.change") and _goes_back(row):
        forms.append(
            Form("send_back", _("Where it goes back to"), _("Propose"),
                 [Field("holder", _("Holder")), Field("number", _("Account number")),
                  Field("bank", _("Bank"), required=False), Field("cnaps", "CNAPS", required=False),
                  Field("bic", "BIC", required=False)],
                 _("Another person verifies it. Then a payout takes the money there."))
        )  # fmt: skip
    return document_page(request, _detail(row), forms=forms, tables=_tables(row), problem=problem)


def _debts(row: Receipt) -> list[tuple[str, str]]:
    found = list(
        Debt.objects.filter(entity_id=row.entity_id, currency=row.currency, open_minor__gt=0).order_by(
            "due_on", "statement_id"
        )[:MOST_DEBTS]
    )
    numbers = dict(
        Statement.objects.filter(id__in=[one.statement_id for one in found]).values_list("id", "number")
    )
    names = parties({one.party_id for one in found})
    return [
        (f"{one.party_id}-{one.statement_id}",
         " · ".join((party_name(names.get(one.party_id)), numbers[one.statement_id],
                     format_money(one.open_minor, one.currency))))
        for one in found
    ]  # fmt: skip


def _forms(row: Receipt) -> list[Form]:
    forms, rest = [], format_money(row.rest_minor, row.currency).replace(",", "")
    reason = Field("reason", _("Reason"), "long")
    amount = Field("amount", _("Amount"), "amount", value=rest)
    if row.rest_minor:
        debts = _debts(row)
        if debts:
            forms.append(
                Form(
                    "claim",
                    _("Claim it for a debt"),
                    _("Claim"),
                    [Field("debt", _("Debt"), "select", debts), amount],
                )
            )
        forms.append(
            Form(
                "deposit",
                _("Claim it for a deposit"),
                _("Claim"),
                [Field("party", _("Merchant code")), amount],
            )
        )
    live = [
        (str(one.id), f"#{one.id} · {format_money(one.amount_minor, one.currency)}")
        for one in claims_of(row.id) if one.reversed_at is None
    ]  # fmt: skip
    if live:
        forms.append(
            Form("unclaim", _("Reverse a claim"), _("Reverse"), [Field("claim", _("Claim"), "select", live), reason],
                 _("By a new entry: the receipt is to claim again, the debt open again."), True)
        )  # fmt: skip
    if row.rest_minor:
        forms.append(
            Form("give_back", _("Give back what nobody claimed"), _("Ask for approval"), [amount, reason],
                 _("Another person approves it."), True)
        )  # fmt: skip
    if row.rest_minor == row.amount_minor:
        forms.append(
            Form(
                "withdraw", _("It was recorded wrongly"), _("Withdraw"), [reason], _("By a new entry."), True
            )
        )
    return forms


def _goes_back(row: Receipt) -> bool:
    """Whether something of a receipt is to be given back, and nobody has said yet where to."""
    live = [one for one in refunds_of(row.id) if one.state in (DocumentState.PENDING, DocumentState.APPROVED)]
    receiver, waits = receiver_for(0, row.currency, row.id)
    return bool(live) and receiver is None and not waits


def _tables(row: Receipt) -> list[Table]:
    claims = claims_of(row.id)
    names = parties({one.party_id for one in claims})
    numbers = dict(
        Statement.objects.filter(id__in=[one.statement_id for one in claims]).values_list("id", "number")
    )
    rows = [
        [Cell(f"#{one.id}"), Cell(f"{timezone.localtime(one.at):%Y-%m-%d %H:%M}"),
         Cell(party_name(names.get(one.party_id))), Cell(CLAIM_TARGETS[one.target]),
         Cell(numbers.get(one.statement_id, ""),
              reverse("platform:debt", args=[one.party_id, one.statement_id]) if one.statement_id else ""),
         Cell(format_money(one.amount_minor, one.currency), number=True), Cell(actor_name(one.actor)),
         Cell(one.reversal_reason if one.reversed_at else "")]
        for one in claims
    ]  # fmt: skip
    refunds = [
        [Cell(one.number, reverse("platform:approval", args=[one.approval_id])),
         Cell(format_money(one.amount_minor, row.currency), number=True), Cell(DOCUMENT_STATES[one.state].label),
         Cell(one.reason), Cell(actor_name(one.made_by)), payout_cell("receipt", one)]
        for one in refunds_of(row.id)
    ]  # fmt: skip
    columns = [(_("Claim"), False), (_("Time"), False), (_("Merchant"), False), (_("Pays"), False),
               (_("Statement"), False), (_("Amount"), True), (_("By"), False), (_("Reversed"), False)]  # fmt: skip
    tables = [Table(_("Claims"), columns, rows, _("Nobody has claimed anything of it yet."))]
    if refunds:
        columns = [
            (_("Number"), False),
            (_("Amount"), True),
            (_("Status"), False),
            (_("Reason"), False),
            (_("By"), False),
            (_("Payout"), False),
        ]
        tables.append(Table(_("Given back"), columns, refunds))
    return tables


def _detail(row: Receipt) -> Detail:
    facts = [
        Fact(_("Our account"), in_language(row.own_account.name, row.own_account.code)),
        Fact(_("Bank reference"), row.bank_reference, copy=True),
        Fact(_("Received"), f"{row.received_on:%Y-%m-%d}"),
        Fact(_("Payer"), " ".join(part for part in (row.payer, row.payer_account) if part) or "–"),
        Fact(_("Memo"), row.memo or "–"),
        Fact(_("Claimed"), format_money(row.claimed_minor, row.currency)),
        Fact(_("Still to claim"), format_money(row.rest_minor, row.currency)),
        Fact(_("Recorded by"), actor_name(row.recorded_by)),
    ]
    if row.reversal_reason:
        facts.append(Fact(_("Why it was withdrawn"), row.reversal_reason))
    return Detail(
        number=row.number, kind=_("Receipt"), badge=RECEIPT_STATES[receipt_state(row)], amount=row.amount_minor,
        currency=row.currency, amount_label=_("Received"), facts=facts,
        breadcrumbs=[(_("Receipts"), reverse("platform:receipts"))],
    )  # fmt: skip
