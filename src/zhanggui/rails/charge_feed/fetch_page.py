"""Fetch one page of a charge feed."""

import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

import orjson

from zhanggui.rails.charge_feed.errors import FeedUnreachable, FeedUnreadable
from zhanggui.settlement.intake.operations.post_charges import ChargeRecord

PAGE_ROWS = 1_000
PAGE_BYTES_MAX = 16 * 1024 * 1024
SECONDS_MAX = 30
_TEXTS = ("charge_no", "party", "fee", "currency", "order_no", "line_no", "memo")


@dataclass(frozen=True)
class Page:
    """One page: its charges and the cursor of the next one, None at the end of the feed."""

    charges: list[ChargeRecord]
    following: str | None


def fetch_page(*, url: str, token: str, after: str) -> Page:
    """This function will fetch the page after the cursor `after` ("" is the beginning).

    Nothing is written; it must not be called inside a database transaction. Raises FeedUnreachable and
    FeedUnreadable, which name the page and the fault.
    """
    if urllib.parse.urlsplit(url).scheme not in ("http", "https"):
        raise FeedUnreachable(f"{url!r} is no http or https address")
    query = urllib.parse.urlencode({"after": after, "limit": PAGE_ROWS})
    request = urllib.request.Request(f"{url}{'&' if '?' in url else '?'}{query}")
    request.add_header("Accept", "application/json")
    if token:
        request.add_header("Authorization", f"Bearer {token}")
    try:
        with urllib.request.urlopen(request, timeout=SECONDS_MAX) as answer:
            body = answer.read(PAGE_BYTES_MAX + 1)
    except (urllib.error.URLError, TimeoutError, OSError) as fault:
        raise FeedUnreachable(f"the page after {after!r} could not be fetched: {fault}") from fault
    if len(body) > PAGE_BYTES_MAX:
        raise FeedUnreadable(f"the page after {after!r} is larger than {PAGE_BYTES_MAX} bytes")
    return read_page(body, after)


def read_page(body: bytes, after: str) -> Page:
    """This function will read a page's JSON. Raises FeedUnreadable naming the charge and the field."""
    try:
        page = orjson.loads(body)
        charges, following = page["charges"], page.get("next")
    except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError) as fault:
        raise FeedUnreadable(f"the page after {after!r} is not a feed page: {fault}") from fault
    if not isinstance(charges, list) or not (following is None or isinstance(following, str)):
        raise FeedUnreadable(f"the page after {after!r} needs a list `charges` and a text or null `next`")
    return Page([_charge(one, place) for place, one in enumerate(charges)], following or None)


def _charge(one: Any, place: int) -> ChargeRecord:
    if not isinstance(one, dict):
        raise FeedUnreadable(f"charge {place} is not an object")
    known = {field.name for field in fields(ChargeRecord)}
    if unknown := sorted(set(one) - known):
        raise FeedUnreadable(f"charge {place} has unknown fields: {', '.join(unknown)}")
    values = {**one, "source": "pulled"}
    for name in _TEXTS:
        if not isinstance(values.get(name, ""), str):
            raise FeedUnreadable(f"charge {place}: {name} must be a text")
    try:
        values["occurred_at"] = datetime.fromisoformat(values["occurred_at"])
        record = ChargeRecord(**values)
    except (KeyError, TypeError, ValueError) as fault:
        raise FeedUnreadable(f"charge {place}: {fault}") from fault
    for name in ("amount", "base"):
        if isinstance(getattr(record, name), bool) or not isinstance(getattr(record, name), int):
            raise FeedUnreadable(f"charge {place}: {name} must be a whole number of minor units")
    return record
