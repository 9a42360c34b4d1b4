"""Refusals of payments, in order of precedence."""

from zhanggui.money.errors import Refusal


class PaymentRefused(Refusal):
    """Root of the refusals of this package."""

    code = "payment_refused"


class UnknownPayment(PaymentRefused):
    """No payment has this number."""

    code = "unknown_payment"
    http_status = 404


class UnknownChannel(PaymentRefused):
    """No channel has this code, or it is switched off."""

    code = "unknown_channel"
    http_status = 404


class ChannelIncomplete(PaymentRefused):
    """A channel needs a code, a rail that is wired, a currency, an account, and the secrets its rail asks for."""

    code = "channel_incomplete"


class ChannelSilent(PaymentRefused):
    """The channel did not answer; nobody knows yet what became of the request, and it will be asked."""

    code = "channel_silent"
    http_status = 503


class ChannelSaidNo(PaymentRefused):
    """The channel refused, and said why."""

    code = "channel_said_no"
    http_status = 502


class PaymentOver(PaymentRefused):
    """The payment is paid or closed: there is nothing left to pay."""

    code = "payment_over"
    http_status = 409


class MethodNotOffered(PaymentRefused):
    """The channel cannot be paid this way."""

    code = "method_not_offered"


class PartsDiffer(PaymentRefused):
    """The parts of a payment do not add up to it."""

    code = "parts_differ"


class RefundAboveCharge(PaymentRefused):
    """More would be given back than was paid, for this order or in all."""

    code = "refund_above_charge"
    http_status = 409


class NothingCharged(PaymentRefused):
    """Nothing was paid for this order, so nothing can be given back."""

    code = "nothing_charged"
    http_status = 409


class RefundNotInState(PaymentRefused):
    """The refund is not at the station that this act needs."""

    code = "refund_not_in_state"
    http_status = 409


class RepairNotOffered(PaymentRefused):
    """The channel cannot send this refund to another account."""

    code = "repair_not_offered"


class RepairIncomplete(PaymentRefused):
    """A card needs its bank as the channel codes it, a number of digits, and its holder's name."""

    code = "repair_incomplete"


class RepairUnderWay(PaymentRefused):
    """The money of the refund is being sent to another account; it cannot go a second way meanwhile."""

    code = "repair_under_way"
    http_status = 409


class RepairNotInState(PaymentRefused):
    """The repair is over, or was not approved."""

    code = "repair_not_in_state"
    http_status = 409


class ChargeMismatch(PaymentRefused):
    """What the channel says was paid cannot be ours: another account, currency or number."""

    code = "charge_mismatch"


class RefundMismatch(PaymentRefused):
    """What the channel says was given back is not what was asked for."""

    code = "refund_mismatch"
