"""What bank files refuse."""

from zhanggui.settlement.payouts.errors import AnswerFileUnreadable, PayoutError


class TemplateInvalid(PayoutError):
    """The template names a column, value or state that does not exist."""

    code = "bank_template_invalid"


class TemplateCannotSay(PayoutError):
    """A value does not fit the bank's file: a sign its encoding lacks, its delimiter, or too long for its column."""

    code = "bank_template_cannot_say"


class ResultFileRefused(AnswerFileUnreadable):
    """The result file is not what its template says."""

    code = "bank_result_refused"
