"""Check proofs of statements offline: python3 verify_statement.py PROOF.json [NEXT.json ...]

Needs nothing but Python 3.11 or later, and no access to the platform. Given several files it also checks that
they follow one another in the party's chain. Exit code 0 only if everything holds.
"""

import hashlib
import json
import struct
import sys
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
INT4_OID, INT8_OID = 23, 20


def int2(value):
    return struct.pack("!h", value)


def int4(value):
    return struct.pack("!i", value)


def int8(value):
    return struct.pack("!q", value)


def text(value):
    return value.encode("utf-8")


def moment(value):
    """Microseconds since 2000-01-01 UTC."""
    return int8((datetime.fromisoformat(value) - EPOCH) // timedelta(microseconds=1))


def array(element, oid):
    """An array as PostgreSQL sends it: dimensions, no nulls, type, length, first index, items."""

    def packed(values):
        items = [element(value) for value in values]
        if not items:
            return struct.pack("!iii", 0, 0, oid)
        head = struct.pack("!iiiii", 1, 0, oid, len(items), 1)
        return head + b"".join(struct.pack("!i", len(item)) + item for item in items)

    return packed


PATTERN = (
    ("fee_types", array(int4, INT4_OID)),
    ("rules", array(int4, INT4_OID)),
    ("base_of", array(int4, INT4_OID)),
)
LEAF = (
    ("party_id", int8),
    ("line_id", int8),
    ("event_id", int8),
    ("merchant_id", int8),
    ("order_id", int8),
    ("statement_id", int8),
    ("cumulative_before", int8),
    ("quantity", int8),
    ("done", int8),
    ("step", int8),
    ("whole", int8),
    ("occurred_at", moment),
    ("billable_at", moment),
    ("entity_id", int4),
    ("business_line_id", int4),
    ("rule_set_id", int4),
    ("kind", int2),
    ("mode", int2),
    ("currency", text),
    ("own_bases", array(int8, INT8_OID)),
    ("amounts", array(int8, INT8_OID)),
)
SALE, REFUNDS, GOODS_GROUPS = 1, (2, 10), ("goods", "discount", "subsidy")


def leaf(line):
    """The fingerprint of one billed line."""
    pattern = hashlib.sha256(b"".join(pack(line[name]) for name, pack in PATTERN)).digest()
    return hashlib.sha256(pattern + b"".join(pack(line[name]) for name, pack in LEAF)).digest()


def figures(proof):
    """What the lines add up to, in the terms of the header."""
    goods_fees = {int(number) for number, fee in proof["fees"].items() if fee["group"] in GOODS_GROUPS}
    sums = {
        "goods_minor": 0,
        "fees_minor": 0,
        "refunds_minor": 0,
        "other_minor": 0,
        "net_minor": 0,
        "line_count": len(proof["lines"]),
        "detail_count": 0,
    }
    for line in proof["lines"]:
        sums["detail_count"] += len(line["amounts"])
        for fee, amount in zip(line["fee_types"], line["amounts"], strict=True):
            sums["net_minor"] += amount
            if line["kind"] == SALE:
                sums["goods_minor" if fee in goods_fees else "fees_minor"] += amount
            else:
                sums["refunds_minor" if line["kind"] in REFUNDS else "other_minor"] += amount
    return sums


def faults(proof):
    """Everything that does not hold, in sentences."""
    header, found = proof["header"], []
    if proof["schema"] != "zhanggui.statement-proof/1":
        return ["this is not a proof that this script knows: " + str(proof["schema"])]
    for name, value in figures(proof).items():
        if header[name] != value:
            found.append(f"the header says {name} {header[name]}, the lines come to {value}")
    here = (header["party_id"], header["id"])
    found += [
        f"line {line['line_id']} belongs to another statement"
        for line in proof["lines"]
        if (line["party_id"], line["statement_id"]) != here
    ]
    ordered = sorted(proof["lines"], key=lambda line: (line["line_id"], line["event_id"]))
    lines = hashlib.sha256(b"".join(leaf(line) for line in ordered)).digest()
    canonical = json.dumps(header, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    expected = hashlib.sha256(bytes.fromhex(proof["previous_hash"]) + canonical + lines).hexdigest()
    if expected != proof["hash"]:
        found.append(f"header and lines give the hash {expected}, the proof says {proof['hash']}")
    if header["chain_position"] == 1 and int(proof["previous_hash"], 16) != 0:
        found.append("the first statement of a chain follows nothing")
    return found


def main(paths):
    """Say of every proof whether it holds, and of neighbours whether one follows the other."""
    proofs = [json.loads(Path(path).read_text("utf-8")) for path in paths]
    failed = not proofs
    for proof in proofs:
        header, found = proof["header"], faults(proof)
        failed = failed or bool(found)
        holds = f"holds, {header['net_minor']} {header['currency']} (minor units), {proof['hash'][:16]}"
        print(f"{header['number']}: " + ("; ".join(found) or holds))
    in_order = sorted(proofs, key=lambda one: (one["header"]["party_id"], one["header"]["chain_position"]))
    for before, after in pairwise(in_order):
        one, other = before["header"], after["header"]
        follows = (one["party_id"], one["chain_position"] + 1) == (other["party_id"], other["chain_position"])
        if follows and before["hash"] != after["previous_hash"]:
            failed = True
            print(f"{other['number']} does not follow {one['number']}: one of them was changed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
