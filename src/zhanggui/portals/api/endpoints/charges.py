"""The general billing interface (通用计费接口): details that other systems billed."""

from typing import Any, Literal

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema

from zhanggui.journeys.charges_received import charges_received
from zhanggui.portals.api import naming
from zhanggui.portals.api.access import caller
from zhanggui.portals.api.idempotency import HEADER
from zhanggui.portals.api.paging import CursorText, Limit, keyset
from zhanggui.portals.api.routes import act, look
from zhanggui.portals.api.schemas.fields import Code, Number
from zhanggui.portals.api.schemas.incoming import ChargesIn
from zhanggui.portals.api.schemas.outgoing import ChargeBatchOut, ChargePage
from zhanggui.settlement.entities.queries import business_line
from zhanggui.settlement.intake.models import Charge, ChargeBatch
from zhanggui.settlement.intake.operations.post_charges import ChargeRecord

router = Router(tags=["charges"])


class ChargeFilters(Schema):
    """Which charges."""

    business_line: Code | None = None
    party: Code | None = None
    state: Literal["accepted", "rejected"] | None = None
    pull: Number | None = None
    cursor: CursorText = ""
    limit: Limit = 50


@act(router, "/charges", ChargeBatchOut, status=201)
def send_charges(request: HttpRequest, payload: ChargesIn) -> Any:
    """Send a batch of charges. Each is accepted (and settled with the next billing run) or rejected with its
    reason; a charge number accepted before is never settled twice."""
    who = caller(request)
    who.require("charges.create")
    records = [
        ChargeRecord(**{name.removesuffix("_minor"): value for name, value in one.model_dump().items()})
        for one in payload.charges
    ]
    batch = charges_received(
        business_line=business_line(payload.business_line), key=_key(who.owner, request.headers[HEADER]),
        records=records, at=timezone.now(), actor=who.actor,
    )  # fmt: skip
    rows = Charge.objects.filter(batch_id=batch.id).order_by("line_id")
    return {
        "id": batch.id, "business_line": payload.business_line, "received_at": batch.received_at,
        "accepted": batch.accepted, "rejected": batch.rejected,
        "items": [charge_document(row) for row in rows],
    }  # fmt: skip


@look(router, "/charges", ChargePage)
def list_charges(request: HttpRequest, filters: Query[ChargeFilters]) -> Any:
    """Charges in the order they came in; a merchant sees its own accepted ones."""
    who = caller(request)
    who.require("imports.view", "own_details.view")
    with who.reading():
        rows = Charge.objects.all()
        party = who.own(naming.party_id(filters.party) if filters.party and who.is_platform else None)
        if party is not None:
            rows = rows.filter(party_id=party)
        if filters.business_line:
            line = business_line(filters.business_line)
            rows = rows.filter(business_line_id=line.id)
        if filters.pull is not None:
            who.require("imports.view")
            rows = rows.filter(batch_id__in=ChargeBatch.objects.filter(pull_id=filters.pull).values("id"))
        state = filters.state if who.is_platform else "accepted"
        if state:
            rows = rows.filter(state=state)
        shown, following = keyset(rows, cursor=filters.cursor, limit=filters.limit, by="line_id")
    return {"items": [charge_document(row) for row in shown], "next_cursor": following}


def charge_document(row: Charge) -> dict[str, Any]:
    """A charge as `ChargeOut`."""
    same = ("line_id", "charge_no", "currency", "amount_minor", "base_minor", "occurred_at", "source",
            "order_no",             "line_no", "memo", "state", "reject_code", "reject_message")  # fmt: skip
    return {name: getattr(row, name) for name in same} | {"party": row.party_code, "fee": row.fee_code}


def _key(owner: str, key: str) -> str:
    """One caller's keys are not another's; the column holds 128 characters."""
    joined = f"{owner}:{key}"
    if len(joined) <= 128:
        return joined
    import hashlib

    return f"{owner}:sha256:{hashlib.sha256(key.encode()).hexdigest()}"
