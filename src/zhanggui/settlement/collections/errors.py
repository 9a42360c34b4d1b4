"""What debts and receipts refuse, in order of precedence."""

from zhanggui.money.errors import Refusal


class CollectionError(Refusal):
    code = "collection_error"


class UnknownReceipt(CollectionError):
    """No receipt, or no claim, has this number."""

    code = "unknown_receipt"
    http_status = 404


class UnknownDebt(CollectionError):
    """No statement with this number is being collected."""

    code = "unknown_debt"
    http_status = 404


class CollectionIncomplete(CollectionError):
    """The document lacks a reason, an amount, a reference, or names something that is not there."""

    code = "collection_incomplete"


class ReceiptConflict(CollectionError):
    """The bank's reference is here already, with another amount or day."""

    code = "receipt_conflict"
    http_status = 409


class ReceiptReversed(CollectionError):
    """The receipt, or the claim, is withdrawn already."""

    code = "receipt_reversed"
    http_status = 409


class ReceiptClaimed(CollectionError):
    """A receipt of which something is claimed or given back cannot be withdrawn."""

    code = "receipt_claimed"
    http_status = 409


class ClaimAboveReceipt(CollectionError):
    """More is claimed, or given back, than is left of the receipt."""

    code = "claim_above_receipt"
    http_status = 409


class AboveDebt(CollectionError):
    """More is claimed or written off than is open of the debt."""

    code = "above_debt"
    http_status = 409


class OtherBooks(CollectionError):
    """The receipt is of another entity or currency than what it should pay."""

    code = "other_books"


class CollectionDocumentNotPending(CollectionError):
    """The write-off or refund is decided already."""

    code = "collection_document_not_pending"
    http_status = 409


class ReceiptRowRefused(CollectionError):
    """A row of an imported file of receipts cannot be read; nothing of the file was taken."""

    code = "receipt_row_refused"
