"""A request as it came and an answer as it goes."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl


@dataclass(frozen=True)
class Asked:
    """A request. `path` is decoded; `target` is path and query exactly as they were sent (they may be signed).

    Header names are in small letters. `parts` are what the router took out of the path. `certificate` is what the
    caller showed over TLS (DER), empty where it showed none or came without TLS.
    """

    method: str
    path: str
    target: str
    headers: Mapping[str, str]
    body: bytes
    parts: Mapping[str, str] = field(default_factory=dict)
    client: str = ""
    certificate: bytes = b""

    @cached_property
    def query(self) -> dict[str, str]:
        """The query's values by name; of a repeated name the last one."""
        return dict(parse_qsl(self.target.partition("?")[2], keep_blank_values=True))

    @cached_property
    def form(self) -> dict[str, str]:
        """A posted form's values by name, read as UTF-8."""
        return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))

    @cached_property
    def document(self) -> dict[str, Any]:
        """The JSON object in the body; an empty one when there is none. Raises ValueError when it is not one."""
        if not self.body:
            return {}
        found = json.loads(self.body)
        if not isinstance(found, dict):
            raise ValueError("the body is not a JSON object")
        return found


@dataclass(frozen=True)
class Answered:
    """An answer: status, headers, bytes."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


def json_answer(document: Any, status: int = 200) -> Answered:
    """An answer that holds a JSON document."""
    body = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    return Answered(status, body, {"content-type": "application/json; charset=utf-8"})


def page_answer(html: str, status: int = 200) -> Answered:
    """An answer that holds a page for people. It may do nothing but show itself and send its forms."""
    rules = (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action *; frame-ancestors 'none'"
    )
    return Answered(
        status,
        html.encode(),
        {"content-type": "text/html; charset=utf-8", "content-security-policy": rules},
    )


def go_to(address: str) -> Answered:
    """An answer that sends the browser on."""
    return Answered(303, b"", {"location": address})


def text_answer(text: str, status: int = 200) -> Answered:
    """An answer of plain words."""
    return Answered(status, text.encode(), {"content-type": "text/plain; charset=utf-8"})
