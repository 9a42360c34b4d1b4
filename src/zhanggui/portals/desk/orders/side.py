"""From which side orders are looked at: whose they have to be, what is shown of them, where the pages are."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

from django.db.models import Q
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _

from zhanggui.parties.tenancy import as_tenant
from zhanggui.trade.fulfilment.queries import shipper_of
from zhanggui.trade.orders.models import Order


@dataclass(frozen=True)
class Side:
    """The platform (`party_id` None), a merchant or a supplier. `prices`: what buyers pay is shown; else what the
    merchant pays the supplier is."""

    portal: str
    party_id: int | None
    prices: bool
    may: Callable[[str], bool]

    def url(self, name: str, *args: object) -> str:
        """Where a page of this side is."""
        return reverse(f"{self.portal}:{name}", args=args)

    def reading(self) -> AbstractContextManager[None]:
        """What every read happens in: the database hides what is others'."""
        return nullcontext() if self.party_id is None else as_tenant(self.party_id)

    def rows(self) -> Q:
        """Which orders it sees."""
        if self.party_id is None:
            return Q()
        return Q(merchant_id=self.party_id) if self.prices else Q(supplier_id=self.party_id)

    def order(self, order_no: str) -> Order:
        """An order of this side, or 404: another's looks like none. Call it inside `reading()`."""
        found = (
            Order.objects.filter(self.rows(), order_no=order_no)
            .select_related("purchase", "warehouse")
            .first()
        )
        if found is None:
            raise Http404(_("There is no such order."))
        return found

    def tracks(self, order: Order) -> bool:
        """Whether this side says where parcels of the order are: its shipper, and the platform."""
        return self.may("parcels.track") if self.party_id is None else self.ships(order)

    def ships(self, order: Order) -> bool:
        """Whether this side sends the order, and the person may."""
        return (
            self.party_id is not None and shipper_of(order) == self.party_id and self.may("own_orders.ship")
        )

    def calls_off(self, order: Order) -> bool:
        """Whether this side may give back money for what was not shipped: the platform, and who sold it."""
        if self.party_id is None:
            return self.may("returns.decide")
        return self.party_id == order.merchant_id and self.may("own_returns.answer")
