"""Why a command cannot run, in order of precedence."""

from zhanggui.money.errors import Refusal


class ShellRefusal(Refusal):
    """Root of the refusals of the command line."""

    code = "command_refused"


class UnknownCommand(ShellRefusal):
    """There is no such command."""

    code = "unknown_command"


class BadArguments(ShellRefusal):
    """The command's options do not fit together or are not understood."""

    code = "bad_arguments"


class FileRefused(ShellRefusal):
    """A named file or folder is missing, closed to us, or of the wrong kind."""

    code = "file_refused"


class DatabaseUnreachable(ShellRefusal):
    """The database named in DATABASE_URL does not answer."""

    code = "database_unreachable"
    http_status = 503


class DatabaseUnfit(ShellRefusal):
    """The database answers, and does not let its tables be brought up to date."""

    code = "database_unfit"
    http_status = 503


class AddressTaken(ShellRefusal):
    """Another program listens where we were to serve."""

    code = "address_taken"


class Fault(ShellRefusal):
    """Something that should not happen did; the lines before say where."""

    code = "fault"
    http_status = 500
