"""What is going on now, on a page that updates itself: a stream of server-sent events, polling where none arrive.

A stream lives for a minute at most, then the browser asks anew: nobody logs out and goes on watching, and a server
that stops is not held up. Nothing is sent while nothing changes but a mark that the line is alive.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from typing import Any

from asgiref.sync import sync_to_async
from django.core.cache import cache
from django.db import close_old_connections
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from zhanggui.clockwork.jobs import queue_counts, stalled_jobs, workers_alive
from zhanggui.portals.platform.access import needs
from zhanggui.portals.platform.acts import act_in_words
from zhanggui.portals.platform.mall.words import SPLIT_STATES
from zhanggui.portals.platform.monitoring.words import (
    ALERT_STATES,
    SEVERITIES,
    label_said,
    measured,
    rule_name,
)
from zhanggui.portals.platform.words import SOURCES
from zhanggui.settlement.monitoring.models import Alert
from zhanggui.settlement.monitoring.queries import pulse
from zhanggui.settlement.monitoring.queries.alerts import open_alerts_by_severity
from zhanggui.settlement.monitoring.states import OPEN
from zhanggui.settlement.splits.queries import latest_splits, splits_now

LATEST_SPLITS = 8
LOOKS_SECONDS = 3
STREAM_SECONDS = 60
PARTS = "platform/parts/live.html"


def _picture() -> dict[str, Any]:
    """Everything on the page, read at one time; each read is bounded."""
    now = timezone.now()
    kinds = {"import": _("Import"), "billing": _("Billing"), "monitoring": _("Anomaly rules")}
    by_severity = open_alerts_by_severity()
    alerts = Alert.objects.filter(state__in=OPEN).select_related("rule").order_by("-id")[:8]
    return {
        "flows": [row | {"name": SOURCES.get(row["source"], row["source"])} for row in pulse.flows(now)],
        "runs": [
            row | {"name": kinds[row["kind"]]} for row in pulse.running(now)
        ],
        "queues": queue_counts(),
        "workers": workers_alive(),
        "stalled": len(stalled_jobs()),
        "events": [row | {"act": act_in_words(row["action"])} for row in pulse.latest_events()],
        "splits": [(SPLIT_STATES[row["state"]], row) for row in splits_now(now)],
        "latest_splits": [(SPLIT_STATES[row.state], row) for row in latest_splits(LATEST_SPLITS)],
        "severities": [(SEVERITIES[level], by_severity.get(level, 0)) for level in ("critical", "warning", "info")],
        "alerts": [
            (row, SEVERITIES[row.severity], ALERT_STATES[row.state], rule_name(row.rule),
             measured(row.value, row.unit, row.currency), label_said(row.subject_kind, row.label))
            for row in alerts
        ],
    }  # fmt: skip


@needs("alerts.view")
def live_page(request: HttpRequest) -> HttpResponse:
    """The page, with the picture of now in it: it says something without any script."""
    return render(request, "platform/live.html", {"title": _("Live"), "now": timezone.now(), **_picture()})


@needs("alerts.view")
def live_parts(request: HttpRequest) -> HttpResponse:
    """The parts alone, for browsers that get no stream."""
    return render(request, PARTS, {"now": timezone.now(), **_picture()})


@needs("alerts.view")
def live_stream(request: HttpRequest) -> StreamingHttpResponse:
    """The parts as server-sent events, each time something changed."""
    response = StreamingHttpResponse(
        _events(translation.get_language() or "en"), content_type="text/event-stream"
    )
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Accel-Buffering"] = "no"  # a proxy that collects a stream delivers it when it is over
    return response


async def _events(language: str, *, looks: int = STREAM_SECONDS // LOOKS_SECONDS) -> AsyncIterator[bytes]:
    seen = ""
    for look in range(looks):
        if look:
            await asyncio.sleep(LOOKS_SECONDS)
        body = await sync_to_async(_body, thread_sensitive=True)(language)
        digest = hashlib.sha256(body.encode()).hexdigest()
        if digest == seen:
            yield b": still here\n\n"
            continue
        seen = digest
        yield event_of(body)


def event_of(body: str) -> bytes:
    """A server-sent event: every line of the text behind its own `data:`."""
    return "".join(f"data: {line}\n" for line in body.splitlines()).encode() + b"\n"


def _body(language: str) -> str:
    """The parts in a language; watchers of one process share a picture for a moment."""
    kept = cache.get(f"platform.live.{language}")
    if kept is not None:
        return str(kept)
    try:
        with translation.override(language):
            body = render_to_string(PARTS, _picture())
    finally:
        close_old_connections()
    cache.set(f"platform.live.{language}", body, LOOKS_SECONDS - 1)
    return body
