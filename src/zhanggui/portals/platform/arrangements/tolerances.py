"""What a run may take for equal and post by itself (对账规则): the rule of each account of ours, setting it, what it
was before."""

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from typing import Any

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from zhanggui.audit.models import AuditRecord
from zhanggui.money.decimals import format_plain
from zhanggui.portals.desk.amounts import format_integer, format_money, format_rate
from zhanggui.portals.desk.badges import Badge
from zhanggui.portals.desk.languages import language_params
from zhanggui.portals.desk.lists import (
    Column,
    IntegerColumn,
    LinkColumn,
    ListPage,
    PercentColumn,
    SqlSource,
    StatusColumn,
    TextColumn,
    TextFilter,
)
from zhanggui.portals.desk.people import may
from zhanggui.portals.platform.access import needs
from zhanggui.portals.platform.arrangements.history import history_of
from zhanggui.portals.platform.arrangements.limits import MostColumn
from zhanggui.portals.platform.guarded.documents import Field, Form, Typed, acted, form_page
from zhanggui.portals.platform.names import in_language
from zhanggui.settlement.entities.models import OwnAccount
from zhanggui.settlement.reconciliation.models import ReconciliationRule
from zhanggui.settlement.reconciliation.operations.set_reconciliation_rule import (
    GENERAL,
    RuleSettings,
    set_reconciliation_rule,
    settings_of,
)
from zhanggui.settlement.reconciliation.queries import rule_for

EVERY_OTHER = gettext_lazy("Every account without a rule of its own")
STATES = {
    "all": Badge(gettext_lazy("General rule"), "green"),
    "own": Badge(gettext_lazy("Its own rule"), "blue"),
    "general": Badge(gettext_lazy("As the general rule"), "grey"),
}
YES = {True: gettext_lazy("Yes"), False: gettext_lazy("No")}
POSTS = {
    "post_settlements": gettext_lazy("Post settlements by itself"),
    "post_fees": gettext_lazy("Post the channel's fees by itself"),
    "post_suspense": gettext_lazy("Post what waits for the next day as suspense"),
}
ALL = frozenset(RuleSettings.__dataclass_fields__)
SELECT = """
select x.id, x.code, x.title, x.currency, case when x.id = 0 then 'all'
    when r.own_account_id is null then 'general' else 'own' end as state,
  coalesce(r.amount_tolerance_minor, g.amount_tolerance_minor, 0) as tolerance,
  coalesce(r.expected_fee_ppm, g.expected_fee_ppm, 0) as fee_ppm,
  coalesce(r.fee_tolerance_milli, g.fee_tolerance_milli, 1000) as fee_tolerance,
  coalesce(r.cut_minutes, g.cut_minutes, 30) as cut_minutes,
  coalesce(r.suspend_days, g.suspend_days, 1) as suspend_days
from (select 0 as id, '*' as code, '' as title, '' as currency union all
  select o.id, o.code, coalesce(nullif(o.name->>%(language)s, ''), nullif(o.name->>%(other_language)s, ''), o.code),
    o.currency from settlement_own_account o where o.active) x
left join settlement_reconciliation_rule r on r.own_account_id = x.id
left join settlement_reconciliation_rule g on g.own_account_id = 0
where {where}
"""


class RuleList(ListPage):
    """The rule of each account of ours, and the general one."""

    name = "platform.reconciliation_rules"
    title = gettext_lazy("Reconciliation rules")
    permission = "reconciliation.view"
    template = "platform/list.html"
    sort = "code"
    empty = gettext_lazy("No account fits these filters. Clear them, or open an account under Our accounts.")

    def get_source(self) -> SqlSource:
        """The general rule and each open account."""
        fields = {"id": "x.id", "code": "x.code", "title": "x.title"}
        return SqlSource(select=SELECT, fields=fields, params=language_params())

    def get_filters(self) -> Sequence[Any]:
        """By account."""
        return [TextFilter("q", _("Account code or name"), starts=["code"], contains=["title"])]

    def get_columns(self) -> Sequence[Column]:
        """Of which account, what is taken for equal, what waits."""
        return [
            LinkColumn("code", pgettext("own account", "Account"), sort="code",
                       value=lambda r: r.title or EVERY_OTHER,
                       href=lambda r: reverse("platform:reconciliation_rule", args=[r.code])),
            StatusColumn("state", _("Status"), badges=STATES),
            MostColumn("tolerance", _("Amounts may differ by"), value=lambda r: _amount(r.tolerance, r.currency),
                       phone="amount"),
            PercentColumn("fee_ppm", _("Agreed fee")),
            MostColumn("fee_tolerance", _("Fee may differ by"), value=lambda r: _milli(r.fee_tolerance, r.currency)),
            IntegerColumn("cut_minutes", _("Minutes around the day's cut")),
            IntegerColumn("suspend_days", _("Days a row near the cut waits")),
            TextColumn("account_code", _("Code"), value=lambda r: "" if r.code == GENERAL else r.code, code=True,
                       phone=""),
        ]  # fmt: skip


def _amount(minor: int, currency: str) -> str:
    if not currency:  # the general rule: each currency reads it in its own smallest unit
        return _("%(count)s of the smallest unit") % {"count": format_integer(minor)}
    return f"{currency} {format_money(minor, currency)}"


def _milli(milli: int, currency: str) -> str:
    whole, rest = divmod(milli, 1000)
    if rest:
        return _("%(count)s thousandths of the smallest unit") % {"count": format_integer(milli)}
    return _amount(whole, currency)


@needs("reconciliation.view")
def rule_page(request: HttpRequest, code: str) -> HttpResponse:
    """Set the rule of an account; what it was before is below."""
    account = OwnAccount.objects.filter(code=code).first()
    if account is None and code != GENERAL:
        raise Http404(_("There is no such account of ours."))
    currency = account.currency if account else ""
    rule = rule_for(account.id if account else 0)

    def make(typed: Typed) -> str:
        tolerance = typed.amount("tolerance", currency) if currency else typed.number("tolerance")
        settings = RuleSettings(
            amount_tolerance_minor=tolerance or 0,
            expected_fee_ppm=typed.rate("fee"), fee_tolerance_milli=typed.number("fee_tolerance") or 0,
            cut_minutes=typed.number("cut_minutes") or 0, suspend_days=typed.number("suspend_days") or 0,
            **{name: typed.one_of(name, ("yes", "no")) == "yes" for name in POSTS},
        )  # fmt: skip
        with transaction.atomic():
            set_reconciliation_rule(
                account=code, settings=settings, at=timezone.now(), actor=request.user.get_username()
            )
        return reverse("platform:reconciliation_rules")

    problem, gone = "", None
    if request.method == "POST":
        problem, gone = acted(request, "own_accounts.change", {"make": make},
                              _("The rule is set; the next run follows it."))  # fmt: skip
    if gone:
        return gone
    title = in_language(account.name, account.code) if account else EVERY_OTHER
    changes = may(request.user, "own_accounts.change")
    return form_page(
        request, _("Reconciliation rule: %(account)s") % {"account": title},
        forms=[_form(rule, currency).typed(request.POST)] if changes else [], problem=problem,
        back=reverse("platform:reconciliation_rules"), intro="" if changes else _in_words(_values(rule), currency),
        tables=[history_of("reconciliation_rule", code, told=partial(_told, currency=currency))],
    )  # fmt: skip


def _form(rule: ReconciliationRule, currency: str) -> Form:
    yes, no = ("yes", YES[True]), ("no", YES[False])
    tolerance = (
        format_plain(rule.amount_tolerance_minor, currency) if currency else str(rule.amount_tolerance_minor)
    )
    label = _("Amounts may differ by") if currency else _("Amounts may differ by, in the smallest unit")
    return Form(
        "make", _("The rule"), _("Set it"),
        [
            Field("tolerance", label, "amount", value=tolerance),
            Field("fee", _("Agreed fee of the channel, such as 0.6%; 0%: fees are not checked"),
                  value=format_rate(rule.expected_fee_ppm)),
            Field("fee_tolerance", _("Fee may differ by, in thousandths of the smallest unit (1000: one cent)"),
                  value=str(rule.fee_tolerance_milli)),
            Field("cut_minutes", _("Minutes around the day's cut within which a lone row waits"),
                  value=str(rule.cut_minutes)),
            Field("suspend_days", _("Days that such a row waits for its other side"), value=str(rule.suspend_days)),
            *(Field(name, label, "select", [yes, no], value="yes" if getattr(rule, name) else "no")
              for name, label in POSTS.items()),
        ],
        _("Runs from now on follow it; what is matched or posted already stays as it is."),
    )  # fmt: skip


def _values(rule: ReconciliationRule) -> dict[str, Any]:
    return vars(settings_of(rule))


def _told(record: AuditRecord, currency: str) -> tuple[str, str]:
    before, after = record.before or {}, record.after or {}
    changed = {name for name in after if not before or before.get(name) != after[name]}
    return _in_words(before, currency, changed), _in_words(after, currency, changed)


def _in_words(values: Mapping[str, Any], currency: str, only: Collection[str] = ALL) -> str:
    """The settings named by `only`, in words."""
    if not values:
        return "–"
    told: dict[str, Callable[[Any], str]] = {
        "amount_tolerance_minor": lambda value: (
            _("amounts may differ by %(amount)s") % {"amount": _amount(value, currency)}
        ),
        "expected_fee_ppm": lambda value: _("agreed fee %(rate)s") % {"rate": format_rate(value)},
        "fee_tolerance_milli": lambda value: (
            _("fee may differ by %(amount)s") % {"amount": _milli(value, currency)}
        ),
        "cut_minutes": lambda value: _("%(minutes)s minutes around the cut") % {"minutes": value},
        "suspend_days": lambda value: _("%(days)s days of waiting") % {"days": value},
    } | {name: partial(_posts, name) for name in POSTS}
    return " · ".join(str(say(values[name])) for name, say in told.items() if name in only)


def _posts(name: str, value: bool) -> str:
    return f"{POSTS[name]}: {YES[bool(value)]}"
