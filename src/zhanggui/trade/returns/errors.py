"""Refusals about after-sale, in order of precedence."""

from zhanggui.money.errors import Refusal


class ReturnError(Refusal):
    """Root of the refusals of this package."""

    code = "return_refused"


class UnknownCase(ReturnError):
    """No case has this number, or it is somebody else's."""

    code = "unknown_case"
    http_status = 404


class CaseIncomplete(ReturnError):
    """A case needs a reason we know, lines of its order, and something asked for each."""

    code = "case_incomplete"


class AfterSaleOver(ReturnError):
    """The order is not at a station at which this can be asked: not paid, completed, or the days for it are over."""

    code = "after_sale_over"
    http_status = 409


class AskedAboveLeft(ReturnError):
    """More is asked than was paid or than there are units, counting what was given back and what is asked already."""

    code = "asked_above_left"
    http_status = 409


class BearerSettled(ReturnError):
    """The goods were sent back already: who pays their way stays as it was said to the buyer."""

    code = "bearer_settled"
    http_status = 409


class WayBackUnclear(ReturnError):
    """Whether one of the mall's carriers brought goods back is said where one carries them, and only there."""

    code = "way_back_unclear"


class CaseNotInState(ReturnError):
    """The case is not at the station that this act needs."""

    code = "case_not_in_state"
    http_status = 409


class ReasonMissing(ReturnError):
    """Whoever refuses or decides says why."""

    code = "reason_missing"
