"""Which handler answers which address: `/v3/orders/{number}` and the like."""

import re
from collections.abc import Callable
from dataclasses import replace

from zhanggui.rails.sandbox_server.messages import Answered, Asked

Handler = Callable[[Asked], Answered]


class Router:
    """Addresses in the order in which they were added; the first that fits answers."""

    def __init__(self) -> None:
        self._routes: list[tuple[str, re.Pattern[str], Handler]] = []

    def add(self, method: str, template: str, handler: Handler) -> None:
        """Let `handler` answer `method` at `template`, whose {names} stand for one step of the path each."""
        pattern = "".join(
            f"(?P<{piece[1:-1]}>[^/]+)" if piece.startswith("{") else re.escape(piece)
            for piece in re.split(r"(\{\w+\})", template)
        )
        self._routes.append((method, re.compile(pattern), handler))

    def find(self, asked: Asked) -> tuple[Handler, Asked] | None:
        """The handler for a request, and the request with the path's parts; None when nothing fits."""
        for method, pattern, handler in self._routes:
            fits = pattern.fullmatch(asked.path)
            if fits and method == asked.method:
                return handler, replace(asked, parts=fits.groupdict())
        return None
