"""A file of orders and refunds was uploaded: kept until it is taken in, a small one at once, a large one by a job."""

import logging
import os
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from django.db import transaction

from zhanggui.files.checking import check_file
from zhanggui.journeys.orders_received import orders_received
from zhanggui.money.errors import OurFault, Refusal
from zhanggui.settlement.entities.models import BusinessLine
from zhanggui.settlement.intake.errors import ImportRunning, UploadGone
from zhanggui.settlement.intake.formats import read_records, source_digest
from zhanggui.settlement.intake.models import ImportRun
from zhanggui.settlement.intake.operations.import_orders import Source
from zhanggui.settlement.intake.operations.request_import import request_import
from zhanggui.settlement.intake.order_files import FORMAT, ORDER_FILES

MOST_AT_ONCE = 1024 * 1024
"""Files of at most so many bytes are taken in while one waits."""
logger = logging.getLogger("zhanggui.imports")


@dataclass(frozen=True)
class Taking:
    """What taking a file in needs of the installation: its home folder, the clock, its zone."""

    home: Path
    clock: Callable[[], datetime]
    zone: ZoneInfo

    @property
    def folder(self) -> Path:
        """Where uploaded files wait; made on first use, readable by the owner only."""
        folder = self.home / "uploads"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder


def order_file_uploaded(
    *, parts: Iterable[bytes], name: str, business_line: BusinessLine, actor: str, taking: Taking,
    enqueue: Callable[[ImportRun], object], at_once: int = MOST_AT_ONCE,
) -> ImportRun:  # fmt: skip
    """This function will keep an uploaded file with its run, and take it in: at once if it has at most `at_once`
    bytes, else by the job that `enqueue` puts on the queue in the same transaction. A source that was taken in before
    is returned as it was. Raises HandedFileRefused, FormatError."""
    ending = ORDER_FILES.ending_of(name)
    draft = taking.folder / f"draft-{secrets.token_hex(8)}{ending}"
    try:
        with draft.open("w+b") as target:
            for part in parts:
                target.write(part)
            check_file(target, name=name, taken=ORDER_FILES)
            target.flush()
            os.fsync(target.fileno())
        small = draft.stat().st_size <= at_once
        with transaction.atomic():
            run = request_import(
                business_line=business_line, source_format=FORMAT, name=name[-255:], digest=source_digest(draft),
                at=taking.clock(), actor=actor,
            )  # fmt: skip
            if run.state == "queued":
                draft.replace(taking.folder / f"{run.id}{ending}")
                if not small:
                    enqueue(run)
    finally:
        draft.unlink(missing_ok=True)
    return uploaded_orders_taken_in(run_id=run.id, taking=taking) if small and run.state == "queued" else run


def uploaded_orders_taken_in(*, run_id: int, taking: Taking) -> ImportRun:
    """This function will take in a file that waits. The run ends done, or failed with the reason; what came before
    the break stays."""
    run = ImportRun.objects.select_related("business_line").get(id=run_id)
    if run.state == "done":
        return run
    path = next(iter(sorted(taking.folder.glob(f"{run.id}.*"))), None)
    try:
        if path is None:
            raise UploadGone(f"the file of import {run.id} is gone; upload it again")
        _import(run, path, taking)
    except ImportRunning:
        return ImportRun.objects.get(id=run_id)
    except Refusal as refusal:
        # Where we put the file is nobody's business; they know it by its name.
        text = refusal.message.replace(str(path), run.source_name)
        _fail(run, refusal.code, text)
    except Exception:
        logger.exception("import %s failed", run.id)
        fault = OurFault(f"this is our fault; report it as import {run.id}")
        _fail(run, fault.code, fault.message)
    if path is not None:
        path.unlink(missing_ok=True)
    return ImportRun.objects.get(id=run_id)


def _import(run: ImportRun, path: Path, taking: Taking) -> None:
    line = run.business_line
    records = read_records(FORMAT, path, tz=taking.zone, options={"currency": line.currency})
    source = Source(format=FORMAT, name=run.source_name, digest=bytes(run.source_digest), records=records)
    orders_received(business_line=line, source=source, clock=taking.clock, zone=taking.zone, actor=run.actor)


def _fail(run: ImportRun, code: str, message: str) -> None:
    ImportRun.objects.filter(id=run.id).exclude(state="done").update(
        state="failed", reject_code=code, reject_message=message
    )
