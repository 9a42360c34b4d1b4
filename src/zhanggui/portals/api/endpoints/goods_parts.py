"""What belongs to goods and is handed in by itself: pictures, and codes of digital goods."""

from pathlib import PurePath
from typing import Any

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from ninja import File, Query, Router, Schema, UploadedFile
from pydantic import Field

from zhanggui.journeys.goods_handed_over import digital_items_added
from zhanggui.portals.api.access import caller
from zhanggui.portals.api.endpoints.goods import own_permission, owner_of
from zhanggui.portals.api.errors import UnknownParameter
from zhanggui.portals.api.paging import keyset
from zhanggui.portals.api.routes import act, look
from zhanggui.portals.api.schemas.books import Paged
from zhanggui.portals.api.schemas.fields import Code, Strict
from zhanggui.portals.api.schemas.goods import OwnFilters
from zhanggui.portals.desk.pictures import kept_picture, picture_url
from zhanggui.portals.desk.told.digital_codes import code_skus, codes_told

router = Router(tags=["goods"])


class PictureOut(Schema):
    """A kept picture: its `digest` is what a good names, `address` shows it."""

    digest: str
    address: str


class CodesOut(Schema):
    """A SKU of digital goods: codes that are free and were given to buyers, and sold units that wait for one."""

    sku: str
    goods: str
    title: dict[str, str]
    free: int
    given: int
    waiting: int


class CodesPage(Paged):
    """SKUs of digital goods."""

    items: list[CodesOut]


class CodesIn(Strict):
    """Codes or licences of one's own SKU. They are sealed; nobody but the buyer who gets one reads it again."""

    sku: Code
    codes: list[str] = Field(min_length=1, max_length=10_000)


class CodesAdded(CodesOut):
    """How many of the codes were `new`; those that were there already stay as they are."""

    new: int


@act(router, "/pictures", PictureOut, status=201)
def upload_picture(request: HttpRequest, file: File[UploadedFile]) -> Any:
    """Upload one picture of goods (JPEG, PNG or WebP, up to 10 MB) as multipart/form-data. It is drawn anew, so that
    nothing is kept of what cameras write into files; the same picture again is the same one."""
    _who, owner_id = owner_of(request)
    for name, values in [*request.POST.lists(), *request.FILES.lists()]:
        if name != "file" or len(values) > 1:
            raise UnknownParameter(
                f"The part {name!r} is not taken, or stands there twice; send file once", part=name
            )
    file.name = PurePath(file.name or "").name
    with transaction.atomic():
        digest = kept_picture(file, owner_id=owner_id)
    return {"digest": digest, "address": picture_url(digest, 800)}


@look(router, "/digital-codes", CodesPage)
def list_digital_codes(request: HttpRequest, filters: Query[OwnFilters]) -> Any:
    """The caller's own SKUs of digital goods, and how many codes each has."""
    who = caller(request)
    who.require(merchant=own_permission(who, "view"))
    assert who.party_id is not None
    with who.reading():
        shown, following = keyset(code_skus(who.party_id), cursor=filters.cursor, limit=filters.limit)
        items = [codes_told(row) for row in shown]
    return {"items": items, "next_cursor": following}


@act(router, "/digital-codes", CodesAdded, status=201)
def add_digital_codes(request: HttpRequest, payload: CodesIn) -> Any:
    """Add codes to a SKU of digital goods. Orders that wait get theirs within a minute, the oldest first."""
    who, owner_id = owner_of(request)
    new = digital_items_added(
        owner_id=owner_id, sku_code=payload.sku, items=payload.codes, at=timezone.now(), actor=who.actor
    )
    with who.reading():
        return codes_told(code_skus(owner_id).get(code=payload.sku)) | {"new": new}
