"""A piece of work done in another process: Django made ready there, the database that is used here, no connection
left behind. Pieces go as bytes, since whoever unpacks them must have Django ready first."""

import os
import pickle
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import connections

_PASSED_ON = ("DJANGO_SETTINGS_MODULE", "ZHANGGUI_HOME", "ZHANGGUI_TIME_ZONE")
_DATABASE = ("HOST", "PORT", "NAME", "USER", "PASSWORD", "OPTIONS")


@dataclass(frozen=True)
class Surroundings:
    """What a process elsewhere needs to be like this one."""

    environment: dict[str, str]
    database: dict[str, Any]

    @classmethod
    def here(cls) -> "Surroundings":
        """This method will say what surrounds this process."""
        return cls(
            {name: os.environ[name] for name in _PASSED_ON if os.environ.get(name)},
            {name: connections["default"].settings_dict[name] for name in _DATABASE},
        )


def packed(piece: Callable[[], Any]) -> bytes:
    """This function will return a piece as what goes to another process."""
    return pickle.dumps(piece)


def do_elsewhere(environment: dict[str, str], database: dict[str, Any], piece: bytes) -> Any:
    """This function will, in another process, make Django ready, do a piece and leave no connection behind."""
    import django
    from django.apps import apps

    if not apps.ready:
        os.environ.update(environment)
        django.setup()
    connections["default"].settings_dict.update(database)
    try:
        return pickle.loads(piece)()
    finally:
        connections.close_all()
