"""Keep the wish for an import whose file waits: a queued run, which `import_orders` carries out later."""

from datetime import datetime

from zhanggui.settlement.entities.models import BusinessLine
from zhanggui.settlement.intake.models import ImportRun
from zhanggui.settlement.intake.operations.import_orders import open_run


def request_import(
    *, business_line: BusinessLine, source_format: str, name: str, digest: bytes, at: datetime, actor: str
) -> ImportRun:
    """This function will return the run of the source with this digest, in the caller's transaction: queued if it is
    new or had broken off, as it is if it is waiting, running or done."""
    run = open_run(
        business_line=business_line,
        source_format=source_format,
        name=name,
        digest=digest,
        at=at,
        actor=actor,
        state="queued",
    )
    if run.state == "failed":
        run.state, run.reject_code, run.reject_message = "queued", "", ""
        run.save(update_fields=["state", "reject_code", "reject_message"])
    return run
