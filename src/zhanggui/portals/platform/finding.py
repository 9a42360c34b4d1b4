"""What the search box finds: statements, orders, details, charges and merchants, by any number."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy

from zhanggui.parties.models import Party
from zhanggui.portals.desk.finding import Hit, Resolver, register_resolver
from zhanggui.portals.desk.orders.finding import find_mall_orders
from zhanggui.portals.platform.mall_orders import side_of
from zhanggui.portals.platform.names import fee_name, line_names, parties, party_name
from zhanggui.portals.platform.words import CHARGE_STATES
from zhanggui.settlement.details.errors import UnknownDetail
from zhanggui.settlement.details.queries import DetailKey, detail
from zhanggui.settlement.intake.queries import charges_by_no, orders_by_no
from zhanggui.settlement.statements.queries import statements_by_number

MOST = 10


def find_statements(request: HttpRequest, text: str) -> list[Hit]:
    """By the whole number."""
    found = statements_by_number(text.upper())
    known = parties(row.party_id for row in found)
    return [
        Hit(
            reverse("platform:statement", args=[row.party_id, row.id]),
            row.number,
            f"{party_name(known.get(row.party_id))} · {row.starts_on}",
        )
        for row in found
    ]


def find_orders(request: HttpRequest, text: str) -> list[Hit]:
    """By the whole number."""
    found = orders_by_no(text)
    names = line_names() if found else {}
    return [
        Hit(reverse("platform:order", args=[row.id]), row.order_no, names.get(row.business_line_id, ""))
        for row in found
    ]


def find_in_the_mall(request: HttpRequest, text: str) -> list[Hit]:
    """By the number of the order, its purchase, its parcel, or the carrier's."""
    return find_mall_orders(side_of(request.user), text)


def find_details(request: HttpRequest, text: str) -> list[Hit]:
    """By the detail number, party-line-event-position."""
    try:
        row = detail(DetailKey.parse(text))
    except UnknownDetail:
        return []
    return [Hit(reverse("platform:detail", args=[text]), text, fee_name(row["fee_type_id"]))]


def find_charges(request: HttpRequest, text: str) -> list[Hit]:
    """By the sender's charge number."""
    return [
        Hit(
            reverse("platform:charges") + f"?q={row.charge_no}&batch={row.batch_id}",
            row.charge_no,
            f"{CHARGE_STATES[row.state].label} · {row.party_code}",
        )
        for row in charges_by_no(text)[:MOST]
    ]


def find_parties(request: HttpRequest, text: str) -> list[Hit]:
    """By code, whole or from its fourth letter on its beginning."""
    found = list(Party.objects.filter(code=text)[:1])
    if not found and len(text) >= 4:
        found = list(Party.objects.filter(code__startswith=text).order_by("code")[:MOST])
    return [Hit(reverse("platform:party", args=[row.id]), row.code, party_name(row)) for row in found]


def register() -> None:
    """Make the resolvers known to the desk."""
    for code, label, resolve, permission in (
        ("statements", gettext_lazy("Statements"), find_statements, "statements.view"),
        ("orders", gettext_lazy("Orders"), find_orders, "orders.view"),
        ("mall_orders", gettext_lazy("Orders of the mall"), find_in_the_mall, "orders.view"),
        ("details", gettext_lazy("Fee details"), find_details, "details.view"),
        ("charges", gettext_lazy("Imported charges"), find_charges, "imports.view"),
        ("parties", gettext_lazy("Merchants and partners"), find_parties, "parties.view"),
    ):
        register_resolver(
            Resolver(f"platform.{code}", label, resolve, portal="platform", permission=permission)
        )
