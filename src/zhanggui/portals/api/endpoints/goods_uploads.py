"""Goods by file: tried or taken in, and what became of every one."""

from pathlib import PurePath
from typing import Any

from django.http import HttpRequest
from ninja import File, Form, Query, Router, UploadedFile

from zhanggui.clockwork.take_in_goods import goods_taking
from zhanggui.clockwork.tasks import enqueue_goods
from zhanggui.files.checking import Taken
from zhanggui.journeys.goods_file_uploaded import GivenFile, goods_file_uploaded
from zhanggui.portals.api.endpoints.goods import owner_of, reader_of
from zhanggui.portals.api.errors import NotFound, UnknownParameter
from zhanggui.portals.api.paging import given, keyset
from zhanggui.portals.api.routes import act, look
from zhanggui.portals.api.schemas.fields import Number
from zhanggui.portals.api.schemas.goods import OwnFilters, UploadFull, UploadOut, UploadPage
from zhanggui.portals.desk.told.goods import upload_told, with_owners
from zhanggui.portals.desk.uploaded import content_of
from zhanggui.trade.catalogue.goods_file import GOODS_FILES, PICTURE_ARCHIVES
from zhanggui.trade.catalogue.models import GoodsUpload

router = Router(tags=["goods"])
PARTS = ("file", "archive", "dry", "submit")


@act(router, "/goods-uploads", UploadOut, status=201)
def upload_goods(
    request: HttpRequest, file: File[UploadedFile], archive: File[UploadedFile | None] = None,
    dry: Form[bool] = True, submit: Form[bool] = False,
) -> Any:  # fmt: skip
    """Upload goods as .csv or .xlsx, with their pictures as a .zip, as multipart/form-data. `dry` (the default) tries
    it and keeps nothing; `submit` puts what is new or changed up for review. A large file is taken in by a job: ask
    for it until its `state` is done or failed. Good rows are in, bad ones named."""
    who, owner_id = owner_of(request)
    for name, values in [*request.POST.lists(), *request.FILES.lists()]:
        if name not in PARTS or len(values) > 1:
            raise UnknownParameter(
                f"The part {name!r} is not taken, or stands there twice; send {', '.join(PARTS)} once each",
                part=name,
            )
    row = goods_file_uploaded(
        owner_id=owner_id, table=_given(file, GOODS_FILES), dry=dry, submit=submit, actor=who.actor,
        archive=_given(archive, PICTURE_ARCHIVES) if archive else None, taking=goods_taking(),
        enqueue=lambda upload: enqueue_goods(upload.id),
    )  # fmt: skip
    return with_owners([upload_told(row)])[0]


@look(router, "/goods-uploads", UploadPage)
def list_uploads(request: HttpRequest, filters: Query[OwnFilters]) -> Any:
    """Files of goods, the oldest first."""
    who = reader_of(request)
    with who.reading():
        rows = GoodsUpload.objects.filter(**given(owner_id=who.party_id))
        shown, following = keyset(rows, cursor=filters.cursor, limit=filters.limit)
    return {"items": with_owners(map(upload_told, shown)), "next_cursor": following}


@look(router, "/goods-uploads/{upload_id}", UploadFull)
def get_upload(request: HttpRequest, upload_id: Number) -> Any:
    """One file of goods with what became of each good."""
    who = reader_of(request)
    with who.reading():
        row = GoodsUpload.objects.filter(**given(owner_id=who.party_id, id=upload_id)).first()
    if row is None:
        raise NotFound(f"there is no upload {upload_id}", upload=upload_id)
    return with_owners([upload_told(row)])[0] | {"outcomes": row.outcomes}


def _given(file: UploadedFile, taken: Taken) -> GivenFile:
    return GivenFile(PurePath(file.name or "").name, content_of(file, taken))
