"""Refusals about buyers and how they log in, in order of precedence."""

from zhanggui.money.errors import Refusal


class BuyerError(Refusal):
    """Root of the refusals of this package."""

    code = "buyer_refused"


class UnknownBuyer(BuyerError):
    """There is no buyer with this number."""

    code = "unknown_buyer"
    http_status = 404


class UnknownIdentity(BuyerError):
    """The buyer has no such log-in at WeChat or Weibo."""

    code = "unknown_identity"
    http_status = 404


class UnknownAddress(BuyerError):
    """The buyer has no such address."""

    code = "unknown_address"
    http_status = 404


class BuyerBlocked(BuyerError):
    """The buyer is blocked and neither logs in nor changes anything."""

    code = "buyer_blocked"
    http_status = 403


class BuyerNotSo(BuyerError):
    """The buyer is blocked already, or is not blocked, or was merged into another one."""

    code = "buyer_not_so"
    http_status = 409


class LevelRefused(BuyerError):
    """What was typed is no code of a member level."""

    code = "level_refused"


class IdentityIncomplete(BuyerError):
    """A provider vouched for nobody in particular: the provider, our app there, or the person's id is missing."""

    code = "identity_incomplete"


class IdentityTaken(BuyerError):
    """This person at WeChat or Weibo is another buyer already; the two can be merged."""

    code = "identity_taken"
    http_status = 409


class LastWayIn(BuyerError):
    """Without this log-in the buyer could not log in any more."""

    code = "last_way_in"
    http_status = 409


class PasswordChosen(BuyerError):
    """The buyer has a name and a password already."""

    code = "password_chosen"
    http_status = 409


class NotTwoBuyers(BuyerError):
    """Merging takes two different buyers, of whom neither was merged before."""

    code = "not_two_buyers"
    http_status = 409


class AddressIncomplete(BuyerError):
    """An address needs a recipient, a phone, a region and a street, each no longer than its field."""

    code = "address_incomplete"


class TooManyAddresses(BuyerError):
    """A buyer keeps so many addresses and no more."""

    code = "too_many_addresses"
    http_status = 409
