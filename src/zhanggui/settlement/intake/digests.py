"""Content digests: the same number with the same content is a repeat, with other content a conflict."""

import hashlib
from dataclasses import asdict, fields
from datetime import UTC
from operator import attrgetter

import orjson

from zhanggui.settlement.intake.records import LineRecord, OrderRecord, RefundRecord

# Of every line of a file, and `asdict` copies deeply what holds nothing but texts and numbers.
_OF_LINES = [field.name for field in fields(LineRecord)]
_values = attrgetter(*_OF_LINES)


def order_digest(order: OrderRecord) -> bytes:
    """This function will return the digest of what may never change about an order: its lines and when it
    was placed (the instant, in whatever zone it was written). Status, node times and payments may move on."""
    lines = [dict(zip(_OF_LINES, _values(line), strict=True)) for line in order.lines]
    for line in lines:
        if not line["supply"]:
            del line["supply"]  # orders that came in before it was kept have the digest they had
    content = [order.order_no, order.ordered_at.astimezone(UTC), lines]
    return hashlib.sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).digest()


def refund_digest(refund: RefundRecord) -> bytes:
    """This function will return the digest of everything about a refund but where it stood in its source."""
    content = asdict(refund) | {"row": 0, "refunded_at": refund.refunded_at.astimezone(UTC)}
    if not refund.channel_number:
        del content["channel_number"]  # refunds that came in before it was kept have the digest they had
    return hashlib.sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).digest()
