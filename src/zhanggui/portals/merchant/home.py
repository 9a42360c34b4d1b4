"""The shop's first page: today, to confirm, available, accruing, pending; and the latest statements."""

from datetime import datetime, time, timedelta
from typing import Any

from django.db import connection
from django.db.models import Count, F, Sum
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zhanggui.ledger.queries import party_balances
from zhanggui.parties.tenancy import as_tenant
from zhanggui.portals.desk.details import Figure
from zhanggui.portals.merchant.flow import accruing
from zhanggui.portals.merchant.listing import currencies_of
from zhanggui.portals.merchant.standing import own_scope, own_standings, shop_page, standing_of
from zhanggui.portals.merchant.statements import period_text, statement_url
from zhanggui.portals.merchant.words import STATES
from zhanggui.settlement.statements import queries
from zhanggui.settlement.statements.models import Statement, StatementState

LATEST = 6


def home(request: HttpRequest) -> HttpResponse:
    """What waits; for people who have nothing to do with the shop's money, its orders."""
    if request.user.is_authenticated:
        standing = standing_of(request)
        if standing.may("own_orders.view") and not standing.may("own_statements.view"):
            return HttpResponseRedirect(reverse("merchant:mall_orders"))
    answer: HttpResponse = money_home(request)
    return answer


@shop_page("own_statements.view")
def money_home(request: HttpRequest, party_id: int) -> HttpResponse:
    """What waits, what is there, what is coming."""
    with as_tenant(party_id):
        figures = [figure for currency in currencies_of(party_id) for figure in _figures(party_id, currency)]
        rows = list(Statement.objects.filter(party_id=party_id).order_by("-starts_on", "-id")[:LATEST])
        latest = [(row, queries.live_figures(row)["net_minor"]) for row in rows]
    here = standing_of(request)
    context = {
        "title": here.party.name_in(request.LANGUAGE_CODE), "figures": figures,
        "latest": [
            (row, net, STATES[row.state], period_text(row), statement_url(row)) for row, net in latest
        ],
        "others": [
            (one.party.id, one.party.name_in(request.LANGUAGE_CODE))
            for one in own_standings(request.user) if one.party.id != party_id
        ],
    }  # fmt: skip
    return render(request, "merchant/home.html", context)


def _figures(party_id: int, currency: str) -> list[Figure]:
    """The figures of one currency, each leading to the list with exactly these rows."""
    money = f"currency={currency}"
    balances = party_balances(party_id=party_id, currency=currency)
    waiting = Statement.objects.filter(
        party_id=party_id, currency=currency, state=StatementState.CONFIRMING
    ).aggregate(count=Count("id"), amount=Sum("net_minor"), moved=Sum(F("carried_minor")))
    today, lines = _today(party_id, currency)
    statements, details = reverse("merchant:statements"), reverse("merchant:details")
    flow = reverse("merchant:flow")
    count = waiting["count"]
    return [
        Figure(_("To confirm"), f"{statements}?tab=confirming&{money}", amount=int(waiting["amount"] or 0),
               currency=currency, tone="amber" if count else "",
               note=ngettext("%(count)d statement", "%(count)d statements", count) % {"count": count}),
        Figure(_("Available for payout"), f"{flow}?account=available&{money}", amount=balances["available"],
               currency=currency, note=_("confirmed statements")),
        Figure(_("This period so far"), f"{statements}?tab=open&{money}", amount=accruing(party_id, currency),
               currency=currency, note=_("not closed yet")),
        Figure(_("Pending"), f"{reverse('merchant:waiting')}?{money}", amount=balances["pending"],
               currency=currency, note=_("paid by buyers, not billable yet")),
        Figure(_("Today"), f"{details}?occurred=today&{money}", amount=today, currency=currency,
               note=ngettext("%(count)d detail", "%(count)d details", lines) % {"count": lines}),
    ]  # fmt: skip


def _today(party_id: int, currency: str) -> tuple[int, int]:
    """Sum and number of today's details."""
    start = timezone.make_aware(datetime.combine(timezone.localdate(), time.min))
    with connection.cursor() as cursor:
        cursor.execute(
            "select coalesce(sum(amount), 0)::bigint, count(*) from settlement_detail"
            " where party_id = %s and currency = %s and occurred_at >= %s and occurred_at < %s",
            [party_id, currency, start, start + timedelta(days=1)],
        )
        total, count = cursor.fetchone()
        return int(total), int(count)


def waiting_count(request: HttpRequest) -> int:
    """How many statements wait to be confirmed: the badge in the menu."""
    if not own_standings(request.user) or not standing_of(request).may("own_statements.view"):
        return 0
    party_id = own_scope(request)["party_id"]
    with as_tenant(party_id):
        return Statement.objects.filter(party_id=party_id, state=StatementState.CONFIRMING).count()


def shop_name(request: HttpRequest) -> Any:
    """The shop's name in the header; nothing for people who got here by mistake and see a refusal."""
    if not own_standings(request.user):
        return ""
    return standing_of(request).party.name_in(getattr(request, "LANGUAGE_CODE", "zh"))
