"""A small made-up market, and random rule sets and orders in it, from any source of randomness."""

import datetime
import itertools
import os
from zoneinfo import ZoneInfo

import numpy as np

from zhanggui.settlement.fees.rules.batch import COLUMN_OF_DIMENSION, LineBatch
from zhanggui.settlement.fees.rules.compile import CompiledRules, DimensionIds, compile_rules
from zhanggui.settlement.fees.rules.document import BASES, DIMENSIONS, PARSED_FEES
from zhanggui.settlement.fees.rules.kernel import rate
from zhanggui.settlement.fees.rules.parser import parse_rule_set

#: `ZHANGGUI_FEE_EXAMPLES=20000 uv run pytest tests/settlement/fees` searches longer.
EXAMPLES = int(os.environ.get("ZHANGGUI_FEE_EXAMPLES", "2000"))

ZONE = ZoneInfo("Asia/Shanghai")
PARENTS = {
    "phones": "electronics",
    "chargers": "phones",
    "laptops": "electronics",
    "novels": "books",
    "comics": "books",
}
CODES = {
    "category": ["electronics", "phones", "chargers", "laptops", "books", "novels", "comics", "food"],
    "spu": ["p1", "p2", "p3"],
    "sku": ["s1", "s2", "s3", "s4", "s5"],
    "sku_type": ["normal", "bulky"],
    "merchant": ["m1", "m2", "m3"],
    "merchant_level": ["gold", "silver", "bronze"],
    "merchant_category": ["flagship", "franchise"],
    "business_line": ["mall", "grocery"],
    "channel": ["app", "web", "shop"],
    "payment_method": ["wechat", "alipay"],
    "region": ["north", "south", "east"],
}
#: Ids with gaps; merchants beyond any table, so that they are searched for.
IDS = {
    dimension: {
        code: (5_000_000_000 if dimension == "merchant" else 0) + 3 + 7 * place
        for place, code in enumerate(codes)
    }
    for dimension, codes in CODES.items()
}
FEES = [f"fee_{letter}" for letter in "abcdefgh"]
FEE_IDS = {fee: 1 + place for place, fee in enumerate([*PARSED_FEES, *FEES])}
PARTIES = [
    ("merchant", "platform"),
    ("platform", "merchant"),
    ("merchant", "carrier"),
    ("supplier", "other:x"),
]
MODES = ["half_even", "half_up", "down", "up", "floor", "ceiling"]
DAYS = ["2016-01-01", "2016-03-01", "2016-06-15", "2017-01-01"]
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)


def dimension_ids():
    """The dimensions as `compile_rules` wants them."""
    tree = {IDS["category"][child]: IDS["category"][parent] for child, parent in PARENTS.items()}
    return {
        dimension: DimensionIds(ids, tree if dimension == "category" else {})
        for dimension, ids in IDS.items()
    }


def compile_document(document, **options) -> CompiledRules:
    """A rule set document, compiled; rule version ids are 100, 101, ... in document order."""
    return compile_rules(
        parse_rule_set(document),
        fee_ids={rule["fee"]: 1000 + place for place, rule in enumerate(document["rules"])} | FEE_IDS,
        dimensions=dimension_ids(),
        rule_version_ids=version_ids(document),
        zone=ZONE,
        **options,
    )


def version_ids(document):
    """Rule version ids by code."""
    return {rule["code"]: 100 + place for place, rule in enumerate(document["rules"])}


def to_batch(lines) -> LineBatch:
    """Lines as the reference reads them, as columns."""
    columns = {
        "line_id": [line["line_id"] for line in lines],
        "order_id": [line["order"] for line in lines],
        "ordered_us": [(line["ordered_at"] - EPOCH) // datetime.timedelta(microseconds=1) for line in lines],
    }
    for name in (
        "quantity", "goods", "shop_discount", "platform_discount", "points_discount", "freight", "tax",
        "supply", "cumulative_before",
    ):  # fmt: skip
        columns[name] = [line.get(name, 0) for line in lines]
    for dimension, column in COLUMN_OF_DIMENSION.items():
        columns[column] = [IDS[dimension].get(line[dimension], 0) for line in lines]
    return LineBatch.of(
        len(lines), **{name: np.array(values, dtype=np.int64) for name, values in columns.items()}
    )


def kernel_details(document, lines, compiled=None):
    """What the kernel makes of the lines, in the form of `reference.rate_lines`."""
    compiled = compiled or compile_document(document)
    rated = rate(to_batch(lines), compiled)
    codes = {number: code for code, number in version_ids(document).items()} | {0: None}
    return {
        line["line_id"]: {
            (slot.fee, slot.payer, slot.receiver): (
                codes[int(rated.rule_ids[row, column])],
                int(rated.bases[row, column]),
                int(rated.amounts[row, column]),
            )
            for column, slot in enumerate(rated.slots)
            if rated.present[row, column]
        }
        for row, line in enumerate(lines)
    }


def some_line(line_id=1, order=1, **fields):
    """One plain line; `fields` say what is special."""
    line = dict.fromkeys(DIMENSIONS) | {
        "line_id": line_id,
        "order": order,
        "merchant": "m1",
        "ordered_at": datetime.datetime(2016, 5, 5, 12, tzinfo=ZONE),
        "quantity": 1,
        "goods": 10_000,
        "shop_discount": 0,
        "platform_discount": 0,
        "points_discount": 0,
        "freight": 0,
        "tax": 0,
        "cumulative_before": 0,
    }
    return line | fields


def midday(day):
    """Noon of a day."""
    return datetime.datetime.combine(datetime.date.fromisoformat(day), datetime.time(12), tzinfo=ZONE)


def a_document(*rules, **fields):
    """A rule set of these rules."""
    return {
        "schema": "zhanggui.rule-set/1",
        "code": "made-up",
        "currency": "CNY",
        "effective_from": "2016-01-01",
        "rounding": "half_even",
        "rules": list(rules),
    } | fields


def a_rule(code="r1", fee="fee_a", **fields):
    """A rule; formula fields may be given directly."""
    own = {
        "priority",
        "effective_from",
        "effective_before",
        "when",
        "payer",
        "receiver",
        "granularity",
        "reverse",
        "note",
    }
    rule = {"code": code, "fee": fee, "payer": "merchant", "receiver": "platform"}
    rule |= {name: value for name, value in fields.items() if name in own}
    return rule | {"formula": {name: value for name, value in fields.items() if name not in own}}


def random_document(chance):
    """A random, sound rule set with distinct priorities. `chance` is a `random.Random`."""
    count = chance.choice([1, 2, 4, 8, 16, 30])
    priorities = chance.sample(range(-100, 100), count)
    rules = [random_rule(chance, f"rule-{place}", priorities[place]) for place in range(count)]
    charged = {f"fee:{rule['fee']}" for rule in rules}
    for rule in rules:
        if rule["formula"]["base"].startswith("fee:fee_") and rule["formula"]["base"] not in charged:
            rule["formula"]["base"] = "fee:goods_amount"
    return a_document(*rules, rounding=chance.choice(MODES), effective_from=chance.choice(DAYS[:2]))


def random_rule(chance, code, priority):
    """A random, sound rule."""
    fee = chance.choice(FEES)
    payer, receiver = chance.choice(PARTIES[:1] * 3 + PARTIES)
    lower = [*FEES[: FEES.index(fee)], "goods_amount", "shop_coupon"]
    on_fee = chance.random() < 0.25
    begins, ends = sorted(chance.sample(DAYS, 2))
    ends = chance.choice([None, None, ends])
    return {
        "code": code,
        "fee": fee,
        "priority": priority,
        "effective_from": begins if ends else chance.choice([None, begins]),
        "effective_before": ends,
        "when": random_condition(chance),
        "payer": payer,
        "receiver": receiver,
        "granularity": chance.choice(
            ["order", "spu", "sku", "sku", "sku_type", *(["fee"] if on_fee else [])]
        ),
        "formula": random_formula(chance, f"fee:{chance.choice(lower)}" if on_fee else chance.choice(BASES)),
        "reverse": random_reverse(chance),
    }


def random_reverse(chance):
    """How a rule's fee comes back: mostly as the catalogue says."""
    policy = chance.choice(
        [None, None, None, "none", "pro_rata", "fixed", "fixed", "full_only", "own_document"]
    )
    if policy != "fixed":
        return policy and {"policy": policy}
    return {
        "policy": policy,
        "kept": chance.choice([0, 1, 7, 500, 10**6]),
        "kept_rate": chance.choice([None, "20%", "100%", "0%", "33.3333%"]),
    }


def random_condition(chance):
    """A random `when`; mostly little is restricted, so that rules do match."""
    when = {}
    for dimension in DIMENSIONS:
        if chance.random() < (0.4 if dimension == "category" else 0.08):
            when[dimension] = chance.sample(CODES[dimension], chance.randint(1, 2))
    if chance.random() < 0.15:
        low, high = sorted(chance.sample([0, 1, 500, 5_000, 50_000, 10**12], 2))
        when["order_amount"] = {"from": chance.choice([None, low]), "before": chance.choice([None, high])}
    return when


def random_formula(chance, base):
    """A random formula on a base."""
    tiers = random_tiers(chance, base) if chance.random() < 0.35 else None
    floor, cap = sorted([random_amount(chance) % 10**9, random_amount(chance) % 10**9])
    return {
        "base": base,
        "rate": None if tiers else random_rate(chance),
        "fixed": chance.choice([0, 0, random_amount(chance) % 10**9]),
        "fixed_per": chance.choice(["order", "line", "unit"]),
        "floor": chance.choice([None, None, floor]),
        "cap": chance.choice([None, None, cap]),
        "tiers": tiers,
        "rounding": chance.choice([None, *MODES]),
    }


def random_tiers(chance, base):
    """Random ascending tiers from 0."""
    kind, by = chance.choice(["slab", "graduated"]), chance.choice(["line_amount", "cumulative_sales"])
    if kind == "graduated" and base != "goods_paid":
        by = "line_amount"
    bounds = sorted({0, *(random_amount(chance) % 10**10 for _ in range(chance.randint(0, 4)))})
    steps = [
        {
            "from": bound,
            "rate": random_rate(chance),
            "fixed": chance.choice([0, 0, random_amount(chance) % 10**6]),
        }
        for bound in bounds
    ]
    return {"kind": kind, "by": by, "steps": steps}


def random_rate(chance):
    """A rate, as parts per million or as a text."""
    ppm = chance.choice([0, 1, 6_000, 50_000, 123_457, 500_000, chance.randint(0, 1_000_000), 100_000_000])
    return chance.choice([ppm, f"{ppm // 10_000}.{ppm % 10_000:04d}%"])


def random_amount(chance):
    """Zero, small, usual or huge minor units."""
    return chance.choice(
        [0, 1, chance.randint(0, 20), chance.randint(0, 10_000), chance.randint(0, 10**6), 10**13 + 7]
    )


def random_lines(chance):
    """Random orders, each with one to three merchants whose lines stand together."""
    numbers = itertools.count(1)
    sold = {merchant: random_amount(chance) for merchant in CODES["merchant"]}
    lines = []
    for order in chance.sample(range(1, 50), chance.randint(1, 4)):
        ordered_at = random_time(chance)
        for merchant in chance.sample(CODES["merchant"], chance.randint(1, 2)):
            for _ in range(chance.choice([1, 1, 2, 3, 6])):
                line = random_line(chance, next(numbers), order, merchant, ordered_at, sold[merchant])
                discounts = line["shop_discount"] + line["platform_discount"] + line["points_discount"]
                sold[merchant] += line["goods"] - discounts
                lines.append(line)
    return lines


def random_time(chance):
    """A moment, often right at a rule's begin or end."""
    day = datetime.datetime.combine(
        datetime.date.fromisoformat(chance.choice(DAYS)), datetime.time(), tzinfo=ZONE
    )
    micros = chance.choice([0, -1, 1, chance.randint(-(10**13), 10**13)])
    return day + datetime.timedelta(microseconds=micros)


def random_line(chance, line_id, order, merchant, ordered_at, sold):
    """One random line."""
    goods = random_amount(chance)
    cuts = sorted(chance.randint(0, goods) for _ in range(2)) if chance.random() < 0.4 else [0, 0]
    codes = {name: chance.choice([None, *codes, *codes]) for name, codes in CODES.items()}
    return codes | {
        "line_id": line_id,
        "order": order,
        "merchant": merchant,
        "ordered_at": ordered_at,
        "quantity": chance.choice([0, 1, 1, 2, 7]),
        "goods": goods,
        "shop_discount": cuts[0],
        "platform_discount": cuts[1] - cuts[0],
        "points_discount": chance.choice([0, goods - cuts[1]]),
        "freight": random_amount(chance),
        "tax": random_amount(chance),
        "supply": random_amount(chance),
        "cumulative_before": sold,
    }
