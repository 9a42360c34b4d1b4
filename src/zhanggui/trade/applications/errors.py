"""Refusals of applications, in order of precedence."""

from zhanggui.money.errors import Refusal


class UnknownApplication(Refusal):
    """There is no such application."""

    code = "unknown_application"
    http_status = 404


class TooManyApplications(Refusal):
    """Too many came from one address within an hour."""

    code = "too_many_applications"
    http_status = 429


class ApplicationWaits(Refusal):
    """The same company's application waits already."""

    code = "application_waits"
    http_status = 409


class ApplicationWrong(Refusal):
    """Something in it cannot be right: `details.field` says what."""

    code = "application_wrong"
    http_status = 422


class ApplicationDecided(Refusal):
    """It was decided before, otherwise."""

    code = "application_decided"
    http_status = 409


class InvitationUsed(Refusal):
    """The log-in has a password already, or there is none to give one to."""

    code = "invitation_used"
    http_status = 409
