"""Refusals of the clock, in order of precedence."""

from zhanggui.money.errors import Refusal


class UnknownJob(Refusal):
    """No periodic job has this name."""

    code = "unknown_job"
    http_status = 404


class JobAlreadyQueued(Refusal):
    """The job waits in the queue already; it will run as soon as a worker is free."""

    code = "job_already_queued"
    http_status = 409


class BillsRefused(Refusal):
    """Bills that were fetched could not be taken in; they were put aside, each with its reason."""

    code = "bills_refused"
