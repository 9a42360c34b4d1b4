"""Why a database is not distributed, in order of precedence."""

from zhanggui.portals.shell.errors import ShellRefusal


class NoCitus(ShellRefusal):
    """The server has no Citus, or the database does not use it."""

    code = "no_citus"


class NoCoordinator(ShellRefusal):
    """This server is a worker of its cluster, or the cluster does not know its coordinator."""

    code = "no_coordinator"


class NoWorkers(ShellRefusal):
    """There is no machine to put rows on."""

    code = "no_workers"


class CannotDistribute(ShellRefusal):
    """A table has no place, or does not fit the one it has."""

    code = "cannot_distribute"


class PlacedOtherwise(ShellRefusal):
    """A table is distributed already, and not as it should be."""

    code = "placed_otherwise"


class RowsLost(ShellRefusal):
    """A table has not as many rows after it was distributed as before; it was left as it was."""

    code = "rows_lost"
