"""Fetch one page of a charge feed."""

import http.client
import time
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import fields
from datetime import datetime
from typing import IO, Any

import orjson

from zhanggui.rails.charge_feed.errors import FeedUnreachable, FeedUnreadable
from zhanggui.settlement.intake.feeds import FeedPage
from zhanggui.settlement.intake.operations.post_charges import ChargeRecord
from zhanggui.settlement.intake.rules import address_fault

PAGE_ROWS = 1_000
PAGE_BYTES_MAX = 16 * 1024 * 1024
PIECE_BYTES = 64 * 1024
SECONDS_MAX = 30
CURSOR_MOST = 500
YEARS = range(1990, 2200)
_TEXTS = ("charge_no", "party", "fee", "currency", "order_no", "line_no", "memo")


class _StayHere(urllib.request.HTTPRedirectHandler):
    """Follows nobody elsewhere: the credential is for the address that was given."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Any, newurl: str
    ) -> None:
        fp.close()
        raise FeedUnreachable(
            f"{code}: the address sends us on to another one; put the address that answers itself into the feed"
        )


def fetch_page(*, url: str, token: str, after: str) -> FeedPage:
    """This function will fetch the page after the cursor `after` ("" is the beginning), in SECONDS_MAX and
    PAGE_BYTES_MAX at most.

    Nothing is written; it must not be called inside a database transaction. Raises FeedUnreachable and
    FeedUnreadable, which name the page and the fault.
    """
    if fault := address_fault(url):
        raise FeedUnreachable(f"{url!r} cannot be pulled from: {fault}")
    if not (token.isascii() and token.isprintable()):
        raise FeedUnreachable("the credential is not plain ASCII, as it has to be; enter it again")
    query = urllib.parse.urlencode({"after": after, "limit": PAGE_ROWS})
    request = urllib.request.Request(f"{url}{'&' if '?' in url else '?'}{query}")
    request.add_header("Accept", "application/json")
    if token:
        # Unredirected: no other address ever sees it, whatever a handler does.
        request.add_unredirected_header("Authorization", f"Bearer {token}")
    ends = time.monotonic() + SECONDS_MAX
    try:
        with urllib.request.build_opener(_StayHere).open(request, timeout=SECONDS_MAX) as answer:
            body = _body(answer, after, ends)
    except urllib.error.HTTPError as fault:
        fault.close()
        raise FeedUnreachable(
            f"the page after {after!r} was answered with {fault.code}; see to it with whoever runs that system"
        ) from None
    except (http.client.HTTPException, OSError, ValueError) as fault:
        said = fault.reason if isinstance(fault, urllib.error.URLError) else fault
        if isinstance(said, TimeoutError):
            raise _slow(after) from None
        raise FeedUnreachable(f"the page after {after!r} could not be fetched: {said}") from None
    return read_page(body, after)


def _slow(after: str) -> FeedUnreachable:
    return FeedUnreachable(f"the page after {after!r} took longer than {SECONDS_MAX} seconds")


def _body(answer: Any, after: str, ends: float) -> bytes:
    """What came, piece by piece: a sender that drips keeps nobody."""
    body = bytearray()
    while piece := answer.read1(PIECE_BYTES):
        body += piece
        if len(body) > PAGE_BYTES_MAX:
            raise FeedUnreadable(f"the page after {after!r} is larger than {PAGE_BYTES_MAX} bytes")
        if time.monotonic() > ends:
            raise _slow(after)
    # read1 does not miss the rest of an answer that was cut off; the length it announced does.
    if answer.length:
        raise FeedUnreachable(f"the page after {after!r} broke off {answer.length} bytes before its end")
    return bytes(body)


def read_page(body: bytes, after: str) -> FeedPage:
    """This function will read a page's JSON. Raises FeedUnreadable naming the charge and the field."""
    try:
        page = orjson.loads(body)
        charges, following = page["charges"], page.get("next")
    except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError) as fault:
        raise FeedUnreadable(f"the page after {after!r} is not a feed page: {fault}") from fault
    if not isinstance(charges, list) or not (following is None or isinstance(following, str)):
        raise FeedUnreadable(f"the page after {after!r} needs a list `charges` and a text or null `next`")
    if following is not None and (len(following) > CURSOR_MOST or "\x00" in following):
        raise FeedUnreadable(f"the page after {after!r} needs a `next` of at most {CURSOR_MOST} characters")
    return FeedPage([_charge(one, place) for place, one in enumerate(charges)], following or None)


def _charge(one: Any, place: int) -> ChargeRecord:
    if not isinstance(one, dict):
        raise FeedUnreadable(f"charge {place} is not an object")
    known = {field.name for field in fields(ChargeRecord)}
    if unknown := sorted(set(one) - known):
        raise FeedUnreadable(f"charge {place} has unknown fields: {', '.join(unknown)}")
    values = {**one, "source": "pulled"}
    for name in _TEXTS:
        text = values.get(name, "")
        if not isinstance(text, str) or "\x00" in text:
            raise FeedUnreadable(f"charge {place}: {name} must be a text")
    try:
        values["occurred_at"] = datetime.fromisoformat(values["occurred_at"])
        record = ChargeRecord(**values)
    except (KeyError, TypeError, ValueError) as fault:
        raise FeedUnreadable(f"charge {place}: {fault}") from fault
    if record.occurred_at.year not in YEARS:
        raise FeedUnreadable(
            f"charge {place}: occurred_at must be in the years {YEARS.start} to {YEARS.stop - 1}"
        )
    for name in ("amount", "base"):
        if isinstance(getattr(record, name), bool) or not isinstance(getattr(record, name), int):
            raise FeedUnreadable(f"charge {place}: {name} must be a whole number of minor units")
    return record
