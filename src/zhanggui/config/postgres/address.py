"""Addresses of databases: the embedded server's, and any libpq address as Django wants it."""

from pathlib import Path
from typing import Any
from urllib.parse import quote

from psycopg.conninfo import conninfo_to_dict

from zhanggui.config.postgres.keeping import kept_connections
from zhanggui.config.postgres.place import Place

DATABASE = "zhanggui"
APPLICATION_ROLE = "zhanggui"


def embedded_address(home: Path, *, role: str = APPLICATION_ROLE, database: str = DATABASE) -> str:
    """The address (a postgresql:// text) of the server kept under `home`, whether or not it runs.

    It holds no password: it names the password file, which only its owner can read.
    """
    place = Place(home)
    query = f"host={quote(str(place.socket_folder), safe='')}&user={role}"
    return f"postgresql:///{database}?{query}&passfile={quote(str(place.password_file), safe='')}"


def django_database(address: str, *, kept: int = 0, pooled: bool = False) -> dict[str, Any]:
    """The entry of Django's DATABASES for a libpq address (a postgresql:// text or key=value pairs).

    `kept`: so many connections are kept between requests. `pooled`: a pooler behind the address gives each
    transaction another of the server's connections, so nothing may last longer than one.
    """
    parts = {name: value for name, value in conninfo_to_dict(address).items() if value is not None}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.pop("dbname", DATABASE),
        "USER": parts.pop("user", ""),
        "PASSWORD": parts.pop("password", ""),
        "HOST": parts.pop("host", ""),
        "PORT": parts.pop("port", ""),
        "CONN_HEALTH_CHECKS": True,
        "DISABLE_SERVER_SIDE_CURSORS": pooled,
        "OPTIONS": parts | ({"pool": kept_connections(kept)} if kept else {}),
    }
