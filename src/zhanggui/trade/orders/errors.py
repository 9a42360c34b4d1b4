"""Refusals about purchases and orders, in order of precedence."""

from zhanggui.money.errors import Refusal


class OrderError(Refusal):
    """Root of the refusals of this package."""

    code = "order_refused"


class UnknownOrder(OrderError):
    """No order or purchase has this number, or it is somebody else's."""

    code = "unknown_order"
    http_status = 404


class NothingWanted(OrderError):
    """There is nothing in the purchase."""

    code = "nothing_wanted"


class AddressMissing(OrderError):
    """Goods that travel need an address of the buyer's."""

    code = "address_missing"


class GoodsUnavailable(OrderError):
    """Something wanted cannot be bought: taken down, the shop is closed, or too few are left."""

    code = "goods_unavailable"
    http_status = 409


class PriceChanged(OrderError):
    """The purchase costs something else than the buyer was shown; nothing was ordered."""

    code = "price_changed"
    http_status = 409


class RequestKeyReused(OrderError):
    """The key of another request of this buyer."""

    code = "request_key_reused"
    http_status = 409


class OrderNotInState(OrderError):
    """The order is not at the station that this act needs."""

    code = "order_not_in_state"
    http_status = 409


class GiveBackAbovePaid(OrderError):
    """More would be given back on a line than was paid for it, or than there are units."""

    code = "give_back_above_paid"
    http_status = 409


class OrderShipped(OrderError):
    """Something of it left already: ask for after-sale instead."""

    code = "order_shipped"
    http_status = 409


class NoteRefused(OrderError):
    """A note without words, or with too many."""

    code = "note_refused"
