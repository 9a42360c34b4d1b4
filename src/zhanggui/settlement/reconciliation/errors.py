"""What reconciliation refuses, in order of precedence: the file as a whole, its content, then acts on it."""

from zhanggui.money.errors import Refusal


class ReconciliationError(Refusal):
    """Root of the refusals of this package."""

    code = "reconciliation_error"


class UnknownOwnAccount(ReconciliationError):
    """No account of ours has this code, or none of this channel is set up."""

    code = "unknown_own_account"
    http_status = 404


class BillNotFetched(ReconciliationError):
    """The channel did not give a bill: no keys of ours for it, no bill of that day, or not yet."""

    code = "bill_not_fetched"
    http_status = 409


class BillUnreadable(ReconciliationError):
    """The file is there but is not a bill that can be read: empty, cut, of another kind."""

    code = "bill_unreadable"


class BillNameUnsafe(ReconciliationError):
    """A file inside the archive is named so that it would land outside its folder."""

    code = "bill_name_unsafe"


class BillEncodingRefused(ReconciliationError):
    """The text is not in the encoding that this bill has."""

    code = "bill_encoding_refused"


class BillHeaderRefused(ReconciliationError):
    """Columns that the bill must have are not there."""

    code = "bill_header_refused"


class BillEmptyAnswer(ReconciliationError):
    """The file is the channel's answer that there is no bill (yet), not a bill."""

    code = "bill_empty_answer"


class BillRowRefused(ReconciliationError):
    """A row of the bill cannot be read; nothing of the bill is kept."""

    code = "bill_row_refused"


class BillOfAnother(ReconciliationError):
    """The bill is of another merchant number, account or currency."""

    code = "bill_of_another"


class BillFooterDisagrees(ReconciliationError):
    """What the bill says at its foot is not what its rows come to."""

    code = "bill_footer_disagrees"


class BillBalanceBroken(ReconciliationError):
    """A running balance of the bill does not follow from the one before it."""

    code = "bill_balance_broken"


class BillDayUnknown(ReconciliationError):
    """Neither the rows nor the name of the file say which day the bill is of."""

    code = "bill_day_unknown"


class BillDayTaken(ReconciliationError):
    """Another bill of this account, kind and day is here already, with other content."""

    code = "bill_day_taken"
    http_status = 409


class UnknownBill(ReconciliationError):
    """There is no such bill."""

    code = "unknown_bill"
    http_status = 404


class UnknownDifference(ReconciliationError):
    """There is no such difference."""

    code = "unknown_difference"
    http_status = 404


class DifferenceNotOpen(ReconciliationError):
    """The difference is settled already, or waits for approval."""

    code = "difference_not_open"
    http_status = 409


class ResolutionUnfit(ReconciliationError):
    """This way of settling does not fit this kind of difference."""

    code = "resolution_unfit"


class EvidenceMissing(ReconciliationError):
    """Why it is settled so has to be said."""

    code = "evidence_missing"


class AssigneeUnfit(ReconciliationError):
    """The person named does not work at the platform, is switched off, or may not settle differences."""

    code = "difference_assignee_unfit"


class UnknownNote(ReconciliationError):
    """There is no such note, or no file was kept with it."""

    code = "unknown_difference_note"
    http_status = 404


class CheckFileRefused(ReconciliationError):
    """The file for a merchant's own check cannot be read, or is too large."""

    code = "check_file_refused"


class ReconciliationRuleRefused(ReconciliationError):
    """A tolerance below zero, or a setting of a rule beyond what it can be."""

    code = "reconciliation_rule_refused"
