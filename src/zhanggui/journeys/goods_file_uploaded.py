"""A file of goods was uploaded, with its pictures: tried or taken in, a small one at once, a large one by a job."""

import hashlib
import logging
import os
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.db import transaction

from zhanggui.audit.operations.record_change import record_change
from zhanggui.files.checking import check_content
from zhanggui.money.errors import OurFault, Refusal
from zhanggui.parties.models import Party, PartyKind
from zhanggui.trade.catalogue.errors import PictureRefused, UnknownGoods
from zhanggui.trade.catalogue.goods_file import (
    GOODS_FILES,
    PICTURE_ARCHIVES,
    FileGood,
    names_in,
    pictures_in,
    read_goods_file,
)
from zhanggui.trade.catalogue.models import GoodsUpload
from zhanggui.trade.catalogue.models.uploads import UploadState
from zhanggui.trade.catalogue.operations.keep_picture import keep_picture
from zhanggui.trade.catalogue.operations.load_goods import Loading, Outcome, load_goods
from zhanggui.trade.catalogue.rules.pictures import drawn_picture

MOST_AT_ONCE = 512 * 1024
"""Files and archives of at most so many bytes together are taken in while one waits."""
logger = logging.getLogger("zhanggui.imports")


@dataclass(frozen=True)
class GoodsTaking:
    """What taking goods in needs of the installation: where files wait, where pictures are, the clock."""

    home: Path
    pictures: Path
    clock: Callable[[], datetime]

    @property
    def folder(self) -> Path:
        """Where uploaded files wait; made on first use, readable by the owner only."""
        folder = self.home / "uploads"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder


@dataclass(frozen=True)
class GivenFile:
    """A file in memory, by the name it came with."""

    name: str
    content: bytes


def goods_file_uploaded(
    *, owner_id: int, table: GivenFile, archive: GivenFile | None, dry: bool, submit: bool, actor: str,
    taking: GoodsTaking, enqueue: Callable[[GoodsUpload], object], at_once: int = MOST_AT_ONCE,
) -> GoodsUpload:  # fmt: skip
    """This function will keep a file of goods with its archive, and take it in (or only try it, when `dry`): at once
    when both have at most `at_once` bytes, else by the job that `enqueue` puts on the queue in the same transaction.
    Raises HandedFileRefused."""
    ending = check_content(table.content, name=table.name, taken=GOODS_FILES)
    if archive is not None:
        check_content(archive.content, name=archive.name, taken=PICTURE_ARCHIVES)
    size = len(table.content) + (len(archive.content) if archive else 0)
    with transaction.atomic():
        upload = GoodsUpload.objects.create(
            owner_id=owner_id, name=table.name[-255:], digest=hashlib.sha256(table.content).hexdigest(), dry=dry,
            submit=submit, asked_at=taking.clock(), actor=actor,
        )  # fmt: skip
        record_change(
            at=upload.asked_at, actor=actor, action="goods.uploaded", object_kind="goods_upload",
            object_id=str(upload.id), party_id=owner_id, after={"name": upload.name, "dry": dry, "submit": submit},
        )  # fmt: skip
        _keep(taking.folder / f"goods-{upload.id}{ending}", table.content)
        if archive is not None:
            _keep(taking.folder / f"goods-{upload.id}.zip", archive.content)
        if size > at_once:
            enqueue(upload)
    return uploaded_goods_taken_in(upload_id=upload.id, taking=taking) if size <= at_once else upload


def uploaded_goods_taken_in(*, upload_id: int, taking: GoodsTaking) -> GoodsUpload:
    """This function will take in a file of goods that waits, or try it. Good rows are in, bad ones named; a file that
    cannot be read at all fails with its reason. Twice is harmless."""
    code, problem = "", ""
    try:
        with transaction.atomic():
            upload = GoodsUpload.objects.select_for_update().get(id=upload_id)
            if upload.state != UploadState.QUEUED:
                return upload
            _take_in(upload, taking)
    except Refusal as refusal:
        code, problem = refusal.code, refusal.message
    except Exception:
        logger.exception("upload of goods %s failed", upload_id)
        fault = OurFault(f"this is our fault; report it as upload {upload_id}")
        code, problem = fault.code, fault.message
    if code:
        GoodsUpload.objects.filter(id=upload_id, state=UploadState.QUEUED).update(
            state=UploadState.FAILED, problem_code=code, problem=problem[:500], done_at=taking.clock()
        )
    for path in taking.folder.glob(f"goods-{upload_id}.*"):
        path.unlink(missing_ok=True)
    return GoodsUpload.objects.get(id=upload_id)


def _take_in(upload: GoodsUpload, taking: GoodsTaking) -> None:
    path = next(
        (one for one in sorted(taking.folder.glob(f"goods-{upload.id}.*")) if one.suffix != ".zip"), None
    )
    if path is None:
        raise UnknownGoods(f"the file of upload {upload.id} is gone; upload it again")
    goods = read_goods_file(path.read_bytes(), name=upload.name)
    archive = path.with_suffix(".zip")
    packed = archive.read_bytes() if archive.exists() else b""
    supply = Party.objects.get(id=upload.owner_id).kind == PartyKind.SUPPLIER
    # What is tried leaves nothing behind: rows are rolled back, pictures are drawn into a folder that goes.
    with tempfile.TemporaryDirectory() as drawn, transaction.atomic():
        pictures, unusable = _pictures(
            upload, goods, packed, Path(drawn) if upload.dry else taking.pictures, taking
        )
        outcomes = load_goods(goods=goods, loading=Loading(
            owner_id=upload.owner_id, reference=f"upload-{upload.id}", at=taking.clock(), actor=upload.actor,
            supply=supply, submit=upload.submit, pictures=pictures, unusable=unusable,
        ))  # fmt: skip
        if upload.dry:
            transaction.set_rollback(True)
    _end(upload, outcomes, taking.clock())


def _pictures(
    upload: GoodsUpload, goods: list[FileGood], packed: bytes, folder: Path, taking: GoodsTaking
) -> tuple[Mapping[str, str], Mapping[str, Refusal]]:
    """Digests of the pictures that the rows name, and why others are none."""
    if not packed:
        return {}, {}
    wanted = {name for good in goods for name in names_in(good.text("pictures"))}
    digests: dict[str, str] = {}
    unusable: dict[str, Refusal] = {}
    for name, content in pictures_in(packed, name="pictures.zip", wanted=wanted):
        try:
            drawn = drawn_picture(content, name=name)
        except PictureRefused as refusal:
            unusable[name] = refusal
            continue
        row = keep_picture(drawn=drawn, owner_id=upload.owner_id, folder=folder, at=taking.clock())
        digests[name] = row.digest
    return digests, unusable


def _end(upload: GoodsUpload, outcomes: list[Outcome], at: datetime) -> None:
    upload.state, upload.done_at = UploadState.DONE, at
    for done in ("created", "changed", "rejected"):
        setattr(upload, done, sum(one.done == done for one in outcomes))
    upload.outcomes = [
        {"row": one.row, "title": one.title, "done": one.done, "number": "" if upload.dry else one.number,
         "code": one.refusal.code if one.refusal else "", "problem": one.refusal.message if one.refusal else ""}
        for one in outcomes
    ]  # fmt: skip
    upload.save()


def _keep(path: Path, content: bytes) -> None:
    with path.open("wb") as target:
        target.write(content)
        target.flush()
        os.fsync(target.fileno())
