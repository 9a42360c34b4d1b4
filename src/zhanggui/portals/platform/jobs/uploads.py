"""Uploaded files: kept until they are taken in, small ones at once, large ones by a job."""

import logging
import os
import secrets
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from zhanggui.clockwork.errors import OurFault
from zhanggui.journeys.orders_received import orders_received
from zhanggui.money.errors import Refusal
from zhanggui.portals.platform.errors import UploadGone
from zhanggui.settlement.entities.models import BusinessLine
from zhanggui.settlement.intake.errors import ImportRunning
from zhanggui.settlement.intake.formats import read_records, source_digest
from zhanggui.settlement.intake.models import ImportRun
from zhanggui.settlement.intake.operations.import_orders import Source
from zhanggui.settlement.intake.operations.request_import import request_import

# Files of at most so many bytes are taken in while one waits.
MOST_INLINE = 1024 * 1024
FORMAT = "zhanggui"
logger = logging.getLogger("zhanggui.imports")


def uploads_folder() -> Path:
    """Where uploaded files wait; made on first use, readable by the owner only."""
    folder = Path(settings.ZHANGGUI_HOME) / "uploads"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def keep(
    uploaded: UploadedFile, ending: str, name: str, line: BusinessLine, actor: str,
    enqueue: Callable[[ImportRun], object],
) -> ImportRun:  # fmt: skip
    """Keep the file with its run, and take it in: at once if it is small, else by the job that `enqueue` puts on
    the queue in the same transaction. A source that was taken in before is returned as it was. Raises
    FormatError."""
    draft = uploads_folder() / f"draft-{secrets.token_hex(8)}{ending}"
    try:
        with draft.open("wb") as target:
            for part in uploaded.chunks():
                target.write(part)
            target.flush()
            os.fsync(target.fileno())
        small = draft.stat().st_size <= MOST_INLINE
        with transaction.atomic():
            run = request_import(
                business_line=line, source_format=FORMAT, name=name, digest=source_digest(draft),
                at=timezone.now(), actor=actor,
            )  # fmt: skip
            if run.state == "queued":
                draft.replace(uploads_folder() / f"{run.id}{ending}")
                if not small:
                    enqueue(run)
    finally:
        draft.unlink(missing_ok=True)
    return take_in(run.id) if small and run.state == "queued" else run


def take_in(run_id: int) -> ImportRun:
    """Take in a file that waits. The run ends done, or failed with the reason; what came before the break stays."""
    run = ImportRun.objects.select_related("business_line").get(id=run_id)
    if run.state == "done":
        return run
    path = next(iter(sorted(uploads_folder().glob(f"{run.id}.*"))), None)
    try:
        if path is None:
            raise UploadGone(f"the file of import {run.id} is gone; upload it again")
        _import(run, path)
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


def _import(run: ImportRun, path: Path) -> None:
    zone, line = timezone.get_default_timezone(), run.business_line
    records = read_records(FORMAT, path, tz=zone, options={"currency": line.currency})  # type: ignore[arg-type]
    source = Source(format=FORMAT, name=run.source_name, digest=bytes(run.source_digest), records=records)
    orders_received(business_line=line, source=source, clock=timezone.now, zone=zone, actor=run.actor)


def _fail(run: ImportRun, code: str, message: str) -> None:
    ImportRun.objects.filter(id=run.id).exclude(state="done").update(
        state="failed", reject_code=code, reject_message=message
    )
