"""What splits refuse, in order of precedence."""

from zhanggui.money.errors import Refusal


class SplitError(Refusal):
    code = "split_error"


class UnknownSplit(SplitError):
    """No split, or no account for shares, has this number."""

    code = "unknown_split"
    http_status = 404


class UnreadableSplitRules(SplitError):
    """The document of rules lacks something, or says something that cannot be kept."""

    code = "unreadable_split_rules"


class SplitReceiverIncomplete(SplitError):
    """The account for shares lacks its number, or its channel does not split."""

    code = "split_receiver_incomplete"


class SplitReceiverTaken(SplitError):
    """The party has an account for shares at this channel already, or the number is another party's."""

    code = "split_receiver_taken"
    http_status = 409


class SplitReceiverNotInState(SplitError):
    """The account for shares is not in a state in which this can be done."""

    code = "split_receiver_not_in_state"
    http_status = 409


class SplitReceiverConfirmedByProposer(SplitError):
    """Who proposes where money goes does not confirm it."""

    code = "split_receiver_confirmed_by_proposer"
    http_status = 403


class SplitNotInState(SplitError):
    """Only what ended, and was not asked for again, is planned anew."""

    code = "split_not_in_state"
    http_status = 409


class SplitMismatch(SplitError):
    """The channel says of a split, or of a share taken back, what we did not ask for."""

    code = "split_mismatch"
    http_status = 409
