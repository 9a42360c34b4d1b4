"""How orders are split: the rules, version by version, and the accounts at channels that shares go to."""

from collections.abc import Sequence
from typing import Any

import orjson
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from zhanggui.journeys.split_arranged import (
    split_receiver_closed,
    split_receiver_confirmed,
    split_receiver_proposed,
    split_rules_published,
)
from zhanggui.money.rates import format_rate
from zhanggui.payments.models import PaymentChannel
from zhanggui.portals.desk.details import Action, Detail, Fact, Step
from zhanggui.portals.desk.languages import language_params
from zhanggui.portals.desk.lists import (
    Column,
    DateTimeColumn,
    LinkColumn,
    PartyColumn,
    SqlSource,
    StatusColumn,
    StatusTabs,
    TextColumn,
    TextFilter,
)
from zhanggui.portals.desk.lists.page import ListPage
from zhanggui.portals.desk.lists.remembered import forget
from zhanggui.portals.desk.people import may
from zhanggui.portals.desk.splitting import channel_names, rule_words, splitting_choices
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
from zhanggui.portals.platform.mall.words import SPLIT_MODES, SPLIT_RECEIVER_KINDS, SPLIT_RECEIVER_STATES
from zhanggui.portals.platform.names import PARTY_NAME, parties, party_name
from zhanggui.portals.platform.words import PARTY_KINDS
from zhanggui.settlement.splits.models import SplitReceiver, SplitReceiverState, SplitRuleSet
from zhanggui.settlement.splits.queries import SPLITS, latest_rules
from zhanggui.settlement.splits.rules import CONDITIONS, DEFAULT, Mode, SplitRule, read_rules

VIEW, CHANGE = "splits.view", "splits.act"
EXAMPLE = [{"code": "small", "mode": "own_account", "below_minor": 5_000}]
VERSIONS = 10
FIELDS = {
    "id": "r.id", "party_name": PARTY_NAME, "party_code": "p.code", "channel": "h.code", "state": "r.state",
    "account": "r.account_masked", "kind": "r.kind", "relation": "r.relation", "said": "r.said",
    "proposed_at": "r.proposed_at", "proposed_by": "r.proposed_by", "confirmed_by": "r.confirmed_by",
}  # fmt: skip
TABLES = """
settlement_split_receiver r join payments_channel h on h.id = r.channel_id
left join parties_party p on p.id = r.party_id where {where}
"""


@needs(VIEW)
def split_rules_page(request: HttpRequest) -> HttpResponse:
    """The rules in force, in words and as the document they are; publishing the next version."""

    def publish(typed: Typed) -> None:
        try:
            document = orjson.loads(typed.text("rules"))
        except orjson.JSONDecodeError:
            raise Incomplete(_("This is not JSON. Take the document below and change it.")) from None
        split_rules_published(rules=document, at=timezone.now(), actor=request.user.get_username())

    problem, gone = "", None
    if request.method == "POST":
        problem, gone = acted(
            request, CHANGE, {"publish": publish}, _("Published, for orders placed from now on.")
        )
    if gone:
        return gone
    now = latest_rules()
    text = orjson.dumps(now.rules if now else EXAMPLE, option=orjson.OPT_INDENT_2).decode()
    note = _(
        "The first rule that an order meets counts. `receivers` are `merchant`, `supplier`, `carrier`, in order;"
        " `ratio_ppm` 300000 is 30%%. Conditions are lists of codes: `%(conditions)s`; `relations` are `own` for"
        " goods of the shop and `drop_shipped` for those that a supplier ships; `from_minor` and `below_minor`"
        " bound the amount."
    ) % {"conditions": "`, `".join(CONDITIONS)}  # fmt: skip
    form = Form(
        "publish",
        _("Publish a version"),
        _("Publish it"),
        [Field("rules", _("Rules"), "document", value=text)],
        note,
    )
    forms = [form.typed(request.POST) if problem else form] if may(request.user, CHANGE) else []
    return form_page(
        request, _("Rules of splits"), forms=forms, back=reverse("platform:splits"), problem=problem,
        intro=_("Which orders are split at their channel, and among whom. An order goes by the version in force when"
                " it was placed; one that meets no rule is split at its channel by the default. Paying out of our own"
                " account needs a rule that says so."),
        tables=[_rules(now), _channels(), _versions()],
    )  # fmt: skip


def _rules(now: SplitRuleSet | None) -> Table:
    rules = [*(read_rules(now.rules) if now else []), DEFAULT]
    return Table(
        pgettext("splits", "In force"),
        [(_("Rule"), False), (_("Way"), False), (_("Receivers"), False), (_("At most"), True),
         (_("Conditions"), False)],
        [
            [
                Cell(rule_words(rule.code), code=rule is not DEFAULT), Cell(SPLIT_MODES[rule.mode]),
                Cell(", ".join(str(PARTY_KINDS[one]) for one in rule.receivers) or "–"),
                Cell(_at_most(rule), number=True),
                Cell("; ".join(_conditions(rule)) or "–", code=True, wrap=True),
            ]
            for rule in rules
        ],
    )  # fmt: skip


def _conditions(rule: SplitRule) -> list[str]:
    """As the document has them."""
    said = [f"{name}: {', '.join(sorted(codes))}" for name, codes in rule.conditions.items() if codes]
    bounds = {"from_minor": rule.from_minor or None, "below_minor": rule.below_minor}
    return said + [f"{name}: {amount}" for name, amount in bounds.items() if amount is not None]


def _at_most(rule: SplitRule) -> str:
    if rule is DEFAULT:
        return pgettext("splits", "what the channel lets")
    return format_rate(rule.ratio_ppm) if rule.mode is Mode.ON_RAIL else "–"


def _channels() -> Table:
    """Where rules count at all, and why not elsewhere."""
    names = channel_names()
    rows = PaymentChannel.objects.filter(active=True).order_by("position", "id")
    yes, no = _("It splits"), _("Its settings do not say that it splits: statements pay what was paid there")
    return Table(
        _("Channels"),
        [(_("Channel"), False), (_("Way"), False)],
        [
            [Cell(names[one.code]), Cell(yes if one.settings.get(SPLITS) == "yes" else no, wrap=True)]
            for one in rows
        ],
        _("No channel is open."),
    )


def _versions() -> Table:
    return Table(
        _("Versions"),
        [(_("Version"), True), (pgettext("splits", "In force from"), False), (_("By"), False), (_("Rules"), True)],
        [
            [Cell(f"{one.version}", number=True), Cell(one.effective_at), Cell(one.published_by),
             Cell(f"{len(one.rules)}", number=True)]
            for one in SplitRuleSet.objects.order_by("-version")[:VERSIONS]
        ],
        _("No version yet."),
    )  # fmt: skip


class SplitReceiverList(ListPage):
    """Where shares go, party by party and channel by channel."""

    name = "platform.split_receivers"
    title = gettext_lazy("Accounts for shares")
    permission = VIEW
    sort = "-proposed_at"
    tabs = StatusTabs.of("state", SPLIT_RECEIVER_STATES)
    template = "platform/list.html"
    empty = gettext_lazy("Nobody has an account for shares yet: propose one, another person confirms it.")

    def get_source(self) -> SqlSource:
        """Accounts with their party and channel."""
        selected = ", ".join(f"{sql} as {name}" for name, sql in FIELDS.items())
        return SqlSource(select=f"select {selected} from {TABLES}", fields=FIELDS, params=language_params())

    def page_actions(self) -> list[Action]:
        """A new one."""
        if not may(self.user, CHANGE):
            return []
        return [Action(_("Propose an account"), reverse("platform:new_split_receiver"), kind="primary")]

    def get_filters(self) -> Sequence[Any]:
        """By party and channel."""
        return [TextFilter("q", gettext_lazy("Party or channel"), starts=["party_code", "channel"],
                           contains=["party_name"])]  # fmt: skip

    def get_columns(self) -> Sequence[Column]:
        """Whose, where, how far."""
        names = channel_names()
        return [
            LinkColumn("account", _("Account at the channel"),
                       href=lambda r: reverse("platform:split_receiver", args=[r.id])),
            StatusColumn("state", _("Status"), badges=SPLIT_RECEIVER_STATES),
            PartyColumn("party_name", _("Party")),
            TextColumn("channel", _("Channel"), value=lambda r: names.get(r.channel, r.channel), phone="line"),
            TextColumn("kind", _("Kind"), value=lambda r: SPLIT_RECEIVER_KINDS[r.kind], phone=""),
            TextColumn("relation", _("Relation"), code=True, phone=""),
            TextColumn("proposed_by", _("Proposed by"), phone=""),
            TextColumn("confirmed_by", _("Confirmed by"), phone=""),
            TextColumn("said", _("Said"), code=True, phone="line"),
            DateTimeColumn("proposed_at", _("Proposed"), sort="proposed_at"),
        ]  # fmt: skip


@needs(CHANGE)
def new_split_receiver(request: HttpRequest) -> HttpResponse:
    """Propose where a party's shares go."""

    def propose(typed: Typed) -> str:
        row = split_receiver_proposed(
            party=typed.party().code, channel=typed.text("channel"), kind=typed.text("kind"),
            account=typed.text("account"), name=typed.text("holder", required=False),
            relation=typed.text("relation", required=False), at=timezone.now(), actor=request.user.get_username(),
        )  # fmt: skip
        forget("platform.split_receivers")
        return reverse("platform:split_receiver", args=[row.id])

    problem, gone = "", None
    if request.method == "POST":
        problem, gone = acted(
            request, CHANGE, {"propose": propose}, _("Another person confirms it now."), fresh=True
        )
    boxes = [
        Field("party", _("Code of the party")),
        Field("channel", _("Channel"), "select", splitting_choices()),
        Field("kind", _("Kind"), "select", list(SPLIT_RECEIVER_KINDS.items())),
        Field("account", _("Account at the channel")),
        Field("holder", _("Full name, as it is registered there"), required=False),
        Field("relation", _("The channel's word for who it is, from its documentation"), required=False),
    ]  # fmt: skip
    note = _("Nothing goes there before another person confirms it and the channel has added it.")
    form = Form("propose", _("Propose an account"), _("Propose it"), boxes, note, fresh=True).typed(
        request.POST
    )
    return gone or form_page(
        request,
        _("Accounts for shares"),
        forms=[form],
        back=reverse("platform:split_receivers"),
        problem=problem,
    )


@needs(VIEW)
def split_receiver_page(request: HttpRequest, receiver_id: int) -> HttpResponse:
    """One account for shares: confirmed by a second person, or closed."""
    row = SplitReceiver.objects.select_related("channel").filter(id=receiver_id).first()
    if row is None:
        raise Http404(_("There is no such account for shares."))
    actor = request.user.get_username()

    def confirm(typed: Typed) -> None:
        split_receiver_confirmed(receiver_id=receiver_id, clock=timezone.now, actor=actor)
        forget("platform.split_receivers")

    def close(typed: Typed) -> None:
        split_receiver_closed(receiver_id=receiver_id, at=timezone.now(), actor=actor)
        forget("platform.split_receivers")

    problem, gone = "", None
    if request.method == "POST":
        problem, gone = acted(request, CHANGE, {"confirm": confirm, "close": close}, _("Noted."), fresh=True)
    return gone or document_page(request, _detail(row), forms=_forms(request, row), problem=problem)


def _forms(request: HttpRequest, row: SplitReceiver) -> list[Form]:
    if not may(request.user, CHANGE) or row.state in (SplitReceiverState.CLOSED, SplitReceiverState.REFUSED):
        return []
    close = Form(
        "close", _("Close it"), _("Close it"), [], _("Nothing new goes there."), danger=True, fresh=True
    )
    if row.state == SplitReceiverState.ADDED:
        return [close]
    note = _("Whoever proposed it cannot confirm it. The channel is told at once.")
    return [Form("confirm", _("Confirm it"), _("Confirm it"), [], note, fresh=True), close]


def _detail(row: SplitReceiver) -> Detail:
    facts = [
        Fact(_("Party"), party_name(parties({row.party_id}).get(row.party_id))),
        Fact(_("Channel"), channel_names()[row.channel.code]), Fact(_("Account at the channel"), row.account_masked),
        Fact(_("Kind"), SPLIT_RECEIVER_KINDS[row.kind]), Fact(_("Relation"), row.relation),
    ]  # fmt: skip
    if row.said:
        facts.append(Fact(_("Said"), row.said, copy=True))
    steps = [Step(_("Proposed"), "done", row.proposed_at, row.proposed_by)]
    if row.confirmed_at:
        steps.append(Step(pgettext("splits", "Confirmed"), "done", row.confirmed_at, row.confirmed_by))
    return Detail(
        number=f"#{row.id}", kind=_("Account for shares"), badge=SPLIT_RECEIVER_STATES[row.state], facts=facts,
        steps=steps, breadcrumbs=[(_("Accounts for shares"), reverse("platform:split_receivers"))],
    )  # fmt: skip
