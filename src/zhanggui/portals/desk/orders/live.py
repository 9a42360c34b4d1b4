"""Counts of a side's orders that update themselves, and a word when new ones were paid: server-sent events, polling
where none arrive. A stream lives for a minute at most, then the browser asks anew."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from typing import Any

from asgiref.sync import sync_to_async
from django.db import close_old_connections
from django.db.models import Count, Max
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import translation

from zhanggui.portals.desk.orders.side import Side
from zhanggui.portals.desk.orders.words import STATES
from zhanggui.trade.orders.models import Order, OrderState

LOOKS_SECONDS = 3
STREAM_SECONDS = 60
PARTS = "desk/orders/live.html"
WATCHED = ("placed", "paid", "shipped")


def latest_paid(side: Side) -> int:
    """The newest order that was paid: a page opened now has seen everything up to it."""
    with side.reading():
        found = Order.objects.filter(side.rows(), paid_at__isnull=False).aggregate(latest=Max("paid_at"))[
            "latest"
        ]
    return int(found.timestamp() * 1_000_000) if found else 0


def picture(side: Side, since: int) -> dict[str, Any]:
    """Counts by station, and how many were paid after `since` (microseconds)."""
    with side.reading():
        own = Order.objects.filter(side.rows())
        counts = dict(
            own.filter(state__in=WATCHED).values_list("state").annotate(count=Count("id")).order_by()
        )
        held = own.filter(held=True, state__in=WATCHED).count()
        recent = (
            own.filter(state=OrderState.PAID).order_by("-paid_at").values_list("paid_at", flat=True)[:100]
        )
        new = sum(1 for at in recent if int(at.timestamp() * 1_000_000) > since)
    place = side.url("mall_orders")
    return {
        "counts": [(STATES[state], counts.get(state, 0), f"{place}?tab={state}") for state in WATCHED],
        "held": held, "held_url": f"{place}?held=1", "new": new, "new_url": f"{place}?tab=paid&sort=-paid_at",
    }  # fmt: skip


def since_of(request: HttpRequest) -> int:
    """What the page had seen when it was opened."""
    text = request.GET.get("since", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else 0


def live_parts(request: HttpRequest, side: Side) -> HttpResponse:
    """The counts alone, for browsers that get no stream."""
    return render(request, PARTS, picture(side, since_of(request)))


def live_stream(request: HttpRequest, side: Side) -> StreamingHttpResponse:
    """The counts as server-sent events, each time something changed."""
    language = translation.get_language() or "zh"
    response = StreamingHttpResponse(
        _events(side, since_of(request), language), content_type="text/event-stream"
    )
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Accel-Buffering"] = "no"  # a proxy that collects a stream delivers it when it is over
    return response


async def _events(
    side: Side, since: int, language: str, *, looks: int = STREAM_SECONDS // LOOKS_SECONDS
) -> AsyncIterator[bytes]:
    seen = ""
    for look in range(looks):
        if look:
            await asyncio.sleep(LOOKS_SECONDS)
        body = await sync_to_async(_body, thread_sensitive=True)(side, since, language)
        digest = hashlib.sha256(body.encode()).hexdigest()
        if digest == seen:
            yield b": still here\n\n"
            continue
        seen = digest
        yield "".join(f"data: {line}\n" for line in body.splitlines()).encode() + b"\n"


def _body(side: Side, since: int, language: str) -> str:
    try:
        with translation.override(language):
            return render_to_string(PARTS, picture(side, since))
    finally:
        close_old_connections()
