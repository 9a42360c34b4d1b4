"""What payouts refuse, in order of precedence."""

from zhanggui.money.errors import Refusal


class PayoutError(Refusal):
    code = "payout_error"


class UnknownReceiver(PayoutError):
    """No receiver has this number."""

    code = "unknown_receiver"
    http_status = 404


class ReceiverIncomplete(PayoutError):
    """The holder, the number or what the bank needs beside it is missing or malformed."""

    code = "receiver_incomplete"


class ReceiverWaits(PayoutError):
    """Another receiver of the party in this currency waits for verification already."""

    code = "receiver_waits"
    http_status = 409


class ReceiverNotProposed(PayoutError):
    """The receiver is verified or closed already."""

    code = "receiver_not_proposed"
    http_status = 409


class ReceiverVerifiedByProposer(PayoutError):
    """Who proposed a receiver cannot verify it."""

    code = "receiver_verified_by_proposer"
    http_status = 403


class UnknownOwnAccount(PayoutError):
    """No active account of ours has this code."""

    code = "unknown_own_account"
    http_status = 404


class UnknownRail(PayoutError):
    """No rail is wired under this name."""

    code = "unknown_rail"


class NothingToPay(PayoutError):
    """No statement is due, or each that is due has a reason against it."""

    code = "nothing_to_pay"


class UnknownBatch(PayoutError):
    """No batch has this number."""

    code = "unknown_batch"
    http_status = 404


class UnknownPayout(PayoutError):
    """No payout has this number."""

    code = "unknown_payout"
    http_status = 404


class UnknownPayoutFile(PayoutError):
    """No file with this number went out of the batch."""

    code = "unknown_payout_file"
    http_status = 404


class BatchNotProposed(PayoutError):
    """The batch is approved, sent or cancelled already."""

    code = "batch_not_proposed"
    http_status = 409


class BatchNotApproved(PayoutError):
    """Only an approved batch that was not sent yet can be sent."""

    code = "batch_not_approved"
    http_status = 409


class BatchChanged(PayoutError):
    """The batch is not what was approved."""

    code = "batch_changed"
    http_status = 409


class PayoutNotRetryable(PayoutError):
    """Only a payout that failed or came back, and has no other in its place, is paid again."""

    code = "payout_not_retryable"
    http_status = 409


class PayoutNotSent(PayoutError):
    """The act needs a payout whose money is on its way."""

    code = "payout_not_sent"
    http_status = 409


class EvidenceIncomplete(PayoutError):
    """What a person says of a payout lacks the bank's reference, the file that proves it, or what became of it."""

    code = "evidence_incomplete"


class PartNotThere(PayoutError):
    """Evidence is about more of a payout than there is, or about nothing, or rejects a part of it."""

    code = "part_not_there"


class AnswerFileUnreadable(PayoutError):
    """The file is of no kind this rail reads, damaged, too large, or tries what no bank's file does."""

    code = "answer_file_unreadable"


class PayoutRunStopped(PayoutError):
    """The books do not hold, so no money leaves."""

    code = "payout_run_stopped"
    http_status = 503
