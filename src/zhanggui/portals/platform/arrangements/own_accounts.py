"""Our accounts at banks and channels (自有账户): what the books and what the bank says stands on each."""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from zhanggui.journeys.own_account_changed import (
    own_account_closed,
    own_account_details_changed,
    own_account_opened,
    own_account_reopened,
)
from zhanggui.ledger.chart import BANK, GATEWAY_AVAILABLE
from zhanggui.ledger.models import LedgerAccount
from zhanggui.portals.desk.amounts import format_money
from zhanggui.portals.desk.badges import Badge
from zhanggui.portals.desk.details import Action, Detail, Fact
from zhanggui.portals.desk.languages import language_params
from zhanggui.portals.desk.lists import (
    Column,
    DateColumn,
    LinkColumn,
    MoneyColumn,
    SelectFilter,
    SqlSource,
    StatusColumn,
    StatusTabs,
    TextColumn,
    TextFilter,
)
from zhanggui.portals.desk.people import may
from zhanggui.portals.platform.access import needs
from zhanggui.portals.platform.arrangements.account_details import (
    detail_boxes,
    detail_facts,
    told,
    typed_details,
)
from zhanggui.portals.platform.arrangements.history import history_of
from zhanggui.portals.platform.guarded.documents import (
    Cell,
    Field,
    Form,
    Table,
    Typed,
    acted,
    document_page,
    form_page,
)
from zhanggui.portals.platform.listing import MoneyList
from zhanggui.portals.platform.names import currencies, in_language
from zhanggui.portals.platform.rails import rail_title
from zhanggui.settlement.entities.models import OwnAccount, OwnAccountKind, SettlementEntity
from zhanggui.settlement.payouts.rail import rail_names
from zhanggui.settlement.reconciliation.queries import latest_balances, ledger_balance

KINDS = {
    "bank": gettext_lazy("Bank account"),
    "channel": gettext_lazy("Account at a payment channel"),
}
STATES = {
    "open": Badge(pgettext_lazy("account", "Open"), "green"),
    "closed": Badge(pgettext_lazy("account", "Closed"), "grey"),
}
DAYS = 31
# What the ledger says now, and what the latest bill with a balance says at its end, beside the ledger's of then.
SELECT = """
select o.id, o.code, o.kind, o.currency, o.holder, o.number_masked, o.rail,
  coalesce(nullif(o.name->>%(language)s, ''), nullif(o.name->>%(other_language)s, ''), o.code) as title,
  case when o.active then 'open' else 'closed' end as state, b.ledger, s.stated, s.day,
  s.stated - s.ledger_then as gap
from settlement_own_account o
left join lateral (select coalesce(sum(d.amount), 0)::bigint as ledger from ledger_account a
  join ledger_delta d on d.account_id = a.id where a.purpose in ('1002', '1012.02') and a.reference = o.id
  and a.party_id = 0) b on true
left join lateral (select x.closing_minor as stated, x.ends_before - 1 as day,
  (select coalesce(sum(d.amount), 0)::bigint from ledger_account a join ledger_delta d on d.account_id = a.id
   where a.purpose in ('1002', '1012.02') and a.reference = o.id and a.party_id = 0
   and d.booked_date < x.ends_before) as ledger_then
  from settlement_bill x where x.own_account_id = o.id and x.closing_minor is not null
  and x.kind in ('fund', 'statement') order by x.ends_before desc, x.id desc limit 1) s on true
where {where}
"""


class OwnAccountList(MoneyList):
    """Our accounts."""

    name = "platform.own_accounts"
    title = gettext_lazy("Our accounts")
    permission = "own_accounts.view"
    sort = "code"
    tabs = StatusTabs.of("state", STATES)
    empty = gettext_lazy("Payouts leave from our accounts and receipts arrive on them. Open the first one.")

    def get_source(self) -> SqlSource:
        """Accounts."""
        fields = {"id": "o.id", "code": "o.code", "kind": "o.kind", "currency": "o.currency", "holder": "o.holder",
                  "state": "case when o.active then 'open' else 'closed' end", "ledger": "b.ledger",
                  "stated": "s.stated", "day": "s.day", "gap": "s.stated - s.ledger_then"}  # fmt: skip
        return SqlSource(select=SELECT, fields=fields, params=language_params())

    def page_actions(self) -> list[Action]:
        """Open one."""
        if not may(self.user, "own_accounts.change"):
            return []
        return [Action(_("Open an account"), reverse("platform:new_own_account"), kind="primary")]

    def get_filters(self) -> Sequence[Any]:
        """By code, holder and kind."""
        return [
            TextFilter("q", _("Code or holder"), starts=["code"], contains=["holder"]),
            SelectFilter("kind", _("Kind"), list(KINDS.items())),
            *self.currency_filters(),
        ]

    def get_columns(self) -> Sequence[Column]:
        """What, where, and what stands on it."""
        money = {"currency": self.currency, "total": True}
        return [
            LinkColumn("title", pgettext("own account", "Account"),
                       href=lambda r: reverse("platform:own_account", args=[r.code])),
            StatusColumn("state", _("Status"), badges=STATES),
            TextColumn("code", _("Code"), sort="code", code=True, phone=""),
            TextColumn("kind", _("Kind"), value=lambda r: KINDS[r.kind], phone=""),
            TextColumn("holder", _("Holder"), wrap=True, phone=""),
            TextColumn("number_masked", _("Account number"), code=True),
            TextColumn("rail", _("Sent over"), code=True, phone=""),
            MoneyColumn("ledger", _("Ledger"), sort="ledger", phone="amount", **money),
            MoneyColumn("stated", _("Balance on its last bill"), sort="stated", nullable=True,
                        currency=self.currency),
            DateColumn("day", _("At the end of"), sort="day", nullable=True),
            MoneyColumn("gap", _("Difference to the ledger then"), sort="gap", nullable=True,
                        currency=self.currency, signed=True),
        ]  # fmt: skip


@needs("own_accounts.change")
def new_own_account(request: HttpRequest) -> HttpResponse:
    """Open an account of ours."""

    def make(kind: OwnAccountKind, typed: Typed) -> str:
        row = own_account_opened(
            code=typed.text("code"), name={"zh": typed.text("zh"), "en": typed.text("en")}, kind=kind,
            entity=typed.of(SettlementEntity.objects, "entity"), currency=typed.text("currency"),
            rail=typed.text("rail", required=False), number=typed.text("number", required=False),
            holder=typed.text("holder", required=False), details=typed_details(kind.value, typed),
            at=timezone.now(), actor=request.user.get_username(),
        )  # fmt: skip
        return reverse("platform:own_account", args=[row.code])

    problem, gone = "", None
    acts = {"make": partial(make, OwnAccountKind.BANK), "channel": partial(make, OwnAccountKind.CHANNEL)}
    if request.method == "POST":
        problem, gone = acted(request, "own_accounts.change", acts, _("The account is open."))
    if gone:
        return gone
    sent = request.POST.get("act", "")
    forms = [form.typed(request.POST) if form.act == sent else form for form in _opening_forms()]
    return form_page(
        request, _("Open an account"), forms=forms, problem=problem, back=reverse("platform:own_accounts")
    )


def _opening_forms() -> list[Form]:
    entities = [
        (row.code, in_language(row.name, row.code)) for row in SettlementEntity.objects.order_by("code")
    ]
    named = [
        Field("code", _("Code: letters, digits, dots, dashes, underscores")),
        Field("zh", _("Name in Chinese")), Field("en", _("Name in English")),
        Field("entity", _("Entity"), "select", entities),
        Field("currency", _("Currency"), "select", [(code, code) for code in currencies()]),
    ]  # fmt: skip
    rails = [("", _("None: nothing is paid from it")), *((name, rail_title(name)) for name in rail_names())]
    return [
        Form(
            "make", KINDS["bank"], _("Open an account"),
            [
                *named, Field("holder", _("Holder"), required=False),
                Field("number", _("Account number"), required=False),
                Field("rail", _("Sent over"), "select", rails, required=False), *detail_boxes("bank"),
            ],
            _("The number is kept sealed: screens show its last four digits."),
        ),
        Form(
            "channel", KINDS["channel"], _("Open an account"), [*named, *detail_boxes("channel")],
            _("Its bills are read by these details and held against the payments that are of it."),
        ),
    ]  # fmt: skip


@needs("own_accounts.view")
def own_account_page(request: HttpRequest, code: str) -> HttpResponse:
    """One account: its balances, its history, changing its details, closing it."""
    row = OwnAccount.objects.select_related("entity").filter(code=code).first()
    if row is None:
        raise Http404(_("There is no such account of ours."))

    def close(typed: Typed) -> None:
        own_account_closed(
            code=code, reason=typed.text("reason"), at=timezone.now(), actor=request.user.get_username()
        )

    def reopen(typed: Typed) -> None:
        own_account_reopened(
            code=code, reason=typed.text("reason"), at=timezone.now(), actor=request.user.get_username()
        )

    def change(typed: Typed) -> None:
        own_account_details_changed(
            code=code, details=typed_details(row.kind, typed), at=timezone.now(),
            actor=request.user.get_username(),
        )  # fmt: skip

    problem, gone = "", None
    if request.method == "POST":
        acts = {"change": change, "close": close, "reopen": reopen}
        problem, gone = acted(request, "own_accounts.change", acts, _("Done."))
    if gone:
        return gone
    forms = []
    if may(request.user, "own_accounts.change"):
        reason = [Field("reason", _("Reason"), "long")]
        details = Form(
            "change", _("Change its details"), _("Change"), detail_boxes(row.kind, row.details, row.currency),
            _("They hold at once, for bills and payments from now on; an empty box takes a detail away."),
        )  # fmt: skip
        forms = [
            details.typed(request.POST) if request.POST.get("act") == "change" else details,
            Form("close", _("Close it"), _("Close it"), reason,
                 _("Nothing is paid from a closed account and no receipt is recorded on it; what stands on it"
                   " stays in the books."), True)
            if row.active else
            Form("reopen", _("Open it again"), _("Open it again"), reason)
        ]  # fmt: skip
    return document_page(
        request,
        _detail(row),
        forms=forms,
        problem=problem,
        tables=[_balances(row), history_of("own_account", code, told=told)],
    )


def _balances(row: OwnAccount) -> Table:
    found = latest_balances(row.id, DAYS)
    rows = [
        [Cell(f"{one['ends_before'] - timedelta(days=1):%Y-%m-%d}", reverse("platform:bill", args=[one["bill_id"]])),
         Cell(format_money(one["closing_minor"], row.currency), number=True),
         Cell(format_money(one["ledger_minor"], row.currency), number=True),
         Cell(format_money(one["closing_minor"] - one["ledger_minor"], row.currency, signed=True), number=True)]
        for one in found
    ]  # fmt: skip
    columns = [(_("At the end of"), False), (_("Bill or bank statement"), True), (_("Ledger"), True),
               (_("Difference"), True)]  # fmt: skip
    return Table(
        _("Balances"), columns, rows, _("No bill with a balance was taken in of this account yet."),
    )  # fmt: skip


def _ledger_facts(row: OwnAccount) -> list[Fact]:
    found = LedgerAccount.objects.filter(
        purpose__in=[BANK, GATEWAY_AVAILABLE], party_id=0, reference=row.id
    ).first()
    if found is None:
        return []
    return [Fact(_("Ledger account"), _("Movements"), href=reverse("platform:account", args=[found.id]))]


def _detail(row: OwnAccount) -> Detail:
    facts = [
        Fact(_("Code"), row.code, copy=True), Fact(_("Kind"), KINDS[row.kind]),
        Fact(_("Entity"), in_language(row.entity.name, row.entity.code)),
        Fact(_("Holder"), row.holder or "–"), Fact(_("Account number"), row.number_masked or "–"),
        Fact(_("Sent over"), rail_title(row.rail) if row.rail else "–"),
        *detail_facts(row),
        *_ledger_facts(row),
        Fact(_("Day by day"), _("Day-end balances"), href=reverse("platform:day_ends") + f"?account={row.id}"),
    ]  # fmt: skip
    return Detail(
        number=in_language(row.name, row.code), kind=_("Account of ours"),
        badge=STATES["open" if row.active else "closed"], amount=ledger_balance(row.id), currency=row.currency,
        amount_label=_("Ledger"), facts=facts, breadcrumbs=[(_("Our accounts"), reverse("platform:own_accounts"))],
    )  # fmt: skip
