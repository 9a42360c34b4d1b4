"""Idempotency-Key: the first request with a key does the work, the same one again gets the same answer."""

import hashlib
import re
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from pydantic import BaseModel

from zhanggui.portals.api.access import caller
from zhanggui.portals.api.bodies import dumps
from zhanggui.portals.api.errors import IdempotencyKeyConflict, MissingIdempotencyKey, RequestInProgress
from zhanggui.portals.api.models import KeptAnswer

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replay"
FORM = re.compile(r"[!-~]{1,128}")
# A request that has been silent this long died with its process; what it committed, it committed whole.
ABANDONED = timedelta(minutes=15)
KEPT = timedelta(days=30)


def idempotent(endpoint: Callable[..., Any], *, out: type[BaseModel], status: int) -> Callable[..., Any]:
    """Wrap a write: run once per key, its value answered as `out` with `status`, and again from what is kept.

    Raises MissingIdempotencyKey, IdempotencyKeyConflict, RequestInProgress. A refused request keeps nothing:
    it did nothing, and may be sent again under the same key.
    """

    @wraps(endpoint)
    def answered(request: HttpRequest, *arguments: Any, **named: Any) -> Any:
        key = request.headers.get(HEADER, "")
        if not FORM.fullmatch(key):
            raise MissingIdempotencyKey(
                "Writes need an Idempotency-Key header of 1 to 128 printable characters without spaces: "
                "choose one per act, send it again when you repeat the request"
            )
        kept, ours = _claim(caller(request).owner, key, _digest(request))
        if not ours:
            response = HttpResponse(bytes(kept.body), status=kept.status, content_type="application/json")
            response.headers[REPLAYED] = "true"
            return response
        try:
            value = endpoint(request, *arguments, **named)
            body = dumps(out.model_validate(value).model_dump())
        except BaseException:
            KeptAnswer.objects.filter(id=kept.id).delete()
            raise
        KeptAnswer.objects.filter(id=kept.id).update(status=status, body=body)
        return HttpResponse(body, status=status, content_type="application/json")

    return answered


def _digest(request: HttpRequest) -> bytes:
    """Of a form with files: of its parts, since the body was read already, and its boundary is another each time."""
    digest = hashlib.sha256(f"{request.method} {request.get_full_path()}\0".encode())
    if request.content_type != "multipart/form-data":
        digest.update(request.body)
        return digest.digest()
    for name, values in sorted(request.POST.lists()):
        digest.update(f"{name}\0{values!r}\0".encode())
    for name, files in sorted(request.FILES.lists()):
        for file in files:
            digest.update(f"{name}\0{file.name}\0{file.size}\0".encode())
            for part in file.chunks():
                digest.update(part)
    return digest.digest()


@transaction.atomic
def _claim(owner: str, key: str, digest: bytes) -> tuple[KeptAnswer, bool]:
    """The answer kept under the key, or a new row that makes the request ours."""
    now = timezone.now()
    row, made = KeptAnswer.objects.get_or_create(
        owner=owner, key=key, defaults={"digest": digest, "created_at": now}
    )
    if made:
        return row, True
    row = KeptAnswer.objects.select_for_update().get(id=row.id)
    if bytes(row.digest) != digest:
        raise IdempotencyKeyConflict(f"Key {key!r} was used for another request; choose a new one", key=key)
    if row.status:
        return row, False
    if now - row.created_at < ABANDONED:
        raise RequestInProgress(
            f"The first request with key {key!r} is still running; ask again later", key=key
        )
    row.created_at = now
    row.save(update_fields=["created_at"])
    return row, True


def forget_old_answers() -> int:
    """This function will delete answers kept long enough and return how many."""
    old = timezone.now() - KEPT
    return KeptAnswer.objects.filter(Q(created_at__lt=old)).delete()[0]
