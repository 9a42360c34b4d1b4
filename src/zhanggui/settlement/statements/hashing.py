"""The hash of a closed statement, as a merchant can recompute it offline.

hash = SHA-256(previous hash of the party's chain || canonical header || lines digest)
lines digest = SHA-256 over the leaves of its billed lines, ordered by (line, event)
canonical header = the fields of HEADER as JSON with sorted keys, no spaces, dates as ISO text.
"""

import hashlib
from typing import Any

import orjson

HEADER = (
    "party_id", "id", "number", "entity_id", "currency", "mode", "kind", "cycle", "document_id", "starts_on",
    "ends_before", "due_on", "goods_minor", "fees_minor", "refunds_minor", "other_minor", "net_minor",
    "line_count", "detail_count", "chain_position",
)  # fmt: skip
GENESIS = bytes(32)


def canonical_header(values: dict[str, Any]) -> bytes:
    """This function will return the header's canonical bytes."""
    return orjson.dumps({name: values[name] for name in HEADER}, option=orjson.OPT_SORT_KEYS)


def statement_hash(previous: bytes, values: dict[str, Any], lines_digest: bytes) -> bytes:
    """This function will return the statement's hash over its predecessor, header and lines."""
    return hashlib.sha256(previous + canonical_header(values) + lines_digest).digest()
