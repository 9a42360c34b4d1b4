"""After-sale cases. Read them inside the tenancy of whose they are; `merchant` is put in afterwards."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import QuerySet

from zhanggui.journeys.freight_told import charge_number
from zhanggui.portals.desk.told.codes import codes_of
from zhanggui.trade.returns.errors import UnknownCase
from zhanggui.trade.returns.models import ReturnCase, ReturnFreight
from zhanggui.trade.returns.states import MOVES_NEXT

type Document = dict[str, Any]
HEAD = (
    "case_no", "merchant_id", "kind", "state", "reason", "freight_bearer", "currency", "asked_minor", "goods_minor",
    "freight_minor", "carrier", "tracking_no", "refund_no", "asked_at", "answer_by", "refunded_at", "ended_at",
)  # fmt: skip

WAY_BACK = (
    "bearer", "carrier", "tracking_no", "currency", "grams", "freight_minor", "earned_at", "told_minor", "told_at",
    "told_fault",
)  # fmt: skip


def cases_to_tell(merchant_id: int | None = None) -> QuerySet[ReturnCase]:
    """Cases of a merchant, or all, with what is told of them."""
    rows = ReturnCase.objects.select_related("order")
    return rows if merchant_id is None else rows.filter(merchant_id=merchant_id)


def case_head(row: ReturnCase) -> Document:
    """A case as lists have it; `moves_next` is who is waited for."""
    moves_next = "" if row.ended_at else MOVES_NEXT.get(row.state, "")
    return {name: getattr(row, name) for name in HEAD} | {
        "order_no": row.order.order_no, "moves_next": moves_next,
    }  # fmt: skip


def case_whole(case_no: str, merchant_id: int | None = None) -> Document:
    """One case with its lines, its way back and what happened. Raises UnknownCase, for another merchant's too."""
    row = cases_to_tell(merchant_id).filter(case_no=case_no).first()
    if row is None:
        raise UnknownCase(f"there is no after-sale case {case_no!r}", case_no=case_no)
    return case_head(row) | {
        "text": row.text,
        "lines": [
            {
                "line_no": one.line.line_no, "sku": one.line.sku_code, "quantity": one.quantity,
                "goods_minor": one.goods_minor, "freight_minor": one.freight_minor,
            }
            for one in row.lines.select_related("line").order_by("id")
        ],
        "steps": [
            {"what": one.kind, "at": one.at, "actor": _who(one.actor), "text": one.text, "pictures": one.pictures}
            for one in row.steps.order_by("id")
        ],
        "way_back": way_back_told(row),
    }  # fmt: skip


def way_back_told(row: ReturnCase) -> Document | None:
    """What the way back of a case's goods costs and who bears it; None where nothing of it moves here. `charge_no` is
    the latest charge it was told by."""
    freight = ReturnFreight.objects.filter(case=row).first()
    if freight is None:
        return None
    charge_no = charge_number(row.case_no, freight.tellings) if freight.tellings else ""
    return {name: getattr(freight, name) for name in WAY_BACK} | {"charge_no": charge_no}


def with_merchants(documents: Iterable[Mapping[str, Any]]) -> list[Document]:
    """The same with the merchant's code in the place of its number."""
    rows = [dict(one) for one in documents]
    codes = codes_of([row["merchant_id"] for row in rows])
    return [row | {"merchant": codes[row.pop("merchant_id")]} for row in rows]


def _who(actor: str) -> str:
    """Which buyer of how many it was is nobody's business."""
    return "buyer" if actor.startswith("buyer:") else actor
