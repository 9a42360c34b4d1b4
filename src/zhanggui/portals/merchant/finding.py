"""The search box: statement and order numbers of one's own shop."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhanggui.parties.tenancy import as_tenant
from zhanggui.portals.desk.finding import Hit, Resolver
from zhanggui.portals.desk.orders.finding import find_mall_orders
from zhanggui.portals.merchant.mall_orders import side_at
from zhanggui.portals.merchant.standing import own_scope
from zhanggui.portals.merchant.statements import period_text, statement_url
from zhanggui.settlement.intake.models import StagedOrder
from zhanggui.settlement.statements.models import Statement


def statements(request: HttpRequest, text: str) -> list[Hit]:
    """Statements with this number."""
    party_id = own_scope(request)["party_id"]
    with as_tenant(party_id):
        rows = list(Statement.objects.filter(party_id=party_id, number__iexact=text)[:5])
    return [Hit(statement_url(row), row.number, period_text(row)) for row in rows]


def orders(request: HttpRequest, text: str) -> list[Hit]:
    """Orders with this number in which the shop has a line."""
    with as_tenant(own_scope(request)["party_id"]):
        numbers = list(StagedOrder.objects.filter(order_no=text).values_list("order_no", flat=True)[:5])
    url = reverse("merchant:details")
    return [Hit(f"{url}?q={number}", number, _("Details of the order")) for number in numbers]


def mall_orders(request: HttpRequest, text: str) -> list[Hit]:
    """Orders of the shop in the mall, by any of their numbers."""
    return find_mall_orders(side_at(request.user, own_scope(request)["party_id"]), text)


RESOLVERS = (
    Resolver(
        "merchant.mall_orders", gettext_lazy("Orders"), mall_orders, portal="merchant",
        permission="own_orders.view",
    ),
    Resolver(
        "merchant.statements", gettext_lazy("Statements"), statements, portal="merchant",
        permission="own_statements.view",
    ),
    Resolver(
        "merchant.orders", gettext_lazy("Orders"), orders, portal="merchant", permission="own_details.view"
    ),
)  # fmt: skip
