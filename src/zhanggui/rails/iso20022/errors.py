"""What reading an ISO 20022 message refuses."""

from zhanggui.settlement.payouts.errors import AnswerFileUnreadable


class NotIso20022(AnswerFileUnreadable):
    """The file is no ISO 20022 message, or of a kind that is not read here."""

    code = "not_iso20022"


class MessageUnsafe(AnswerFileUnreadable):
    """The file declares a document type or entities, or is larger than any bank's file: it is not opened."""

    code = "message_unsafe"


class MessageDamaged(AnswerFileUnreadable):
    """The message lacks what its kind must have, or an amount in it is no amount."""

    code = "message_damaged"
