"""The rating kernel alone, against plain Python integers on a sample. Both must come to the same sums."""

from typing import Any

import numpy as np
from django.db import connection

from zhanggui.portals.shell.bench.market import CATEGORIES, LEVELS, MERCHANTS, rules
from zhanggui.portals.shell.bench.measuring import Case, taking, took
from zhanggui.settlement.fees.queries.rule_sets import compiled, rule_set_timeline
from zhanggui.settlement.fees.rules.batch import LineBatch
from zhanggui.settlement.fees.rules.kernel import rate

SAMPLE = 5_000
CHUNK = 50_000
ORDERED_US = 1_706_000_000_000_000  # January 2024


def kernel_case(lines: int, runs: int) -> Case:
    """Rate `lines` lines with 20 fees each, and a sample of them in a loop of plain integers."""
    case = Case("rating kernel alone", "plain Python integers", "lines", 20.0)
    ids = {kind: _ids(kind) for kind in ("category", "level")}
    batches = [_batch(start, min(CHUNK, lines - start), ids) for start in range(0, lines, CHUNK)]
    sample = _batch(0, min(SAMPLE, lines), ids)
    card = compiled(rule_set_timeline("bench")[-1][1])
    tables = _tables(ids)
    ours = int(rate(sample, card).amounts[:, card.parsed :].sum())
    theirs = _plain(sample, tables)
    if ours != theirs:
        raise RuntimeError(f"the kernel says {ours}, plain Python {theirs}")
    for _ in range(runs):
        with taking() as taken:
            for batch in batches:
                rate(batch, card)
        case.add(lines, taken, took(lambda: _plain(sample, tables)), len(sample))
    case.more["lines"] = lines
    return case


def _ids(kind: str) -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute("select code, id from settlement_dimension where kind = %s order by id", [kind])
        return dict(cursor.fetchall())


def _batch(start: int, length: int, ids: dict[str, dict[str, int]]) -> LineBatch:
    place = np.arange(start, start + length, dtype=np.int64)
    mixed = place * 2_654_435_761 % 2**32
    categories = np.array(list(ids["category"].values()), dtype=np.int64)
    levels = np.array(list(ids["level"].values()), dtype=np.int64)
    return LineBatch.of(
        length, line_id=place + 1, order_id=place // 2 + 1, merchant_id=1 + place // 2 % MERCHANTS,
        category_id=categories[mixed // 7 % CATEGORIES], level_id=levels[mixed // 11 % LEVELS],
        ordered_us=np.full(length, ORDERED_US, dtype=np.int64), quantity=1 + mixed % 3,
        goods=500 + mixed % 90_000, shop_discount=mixed % 7 * 10,
    )  # fmt: skip


type _Values = tuple[int, int, int, int, int, int]
type _Table = tuple[str, dict[int, _Values], _Values]


def _tables(ids: dict[str, dict[str, int]]) -> list[_Table]:
    """A fee each: by which code it is looked up, and (rule, ppm, fixed, per unit, floor, cap) by code and else."""
    found: dict[str, _Table] = {}
    for number, rule in enumerate(rules(), 1):
        formula: dict[str, Any] = rule["formula"]
        values = (
            number, int(formula.get("rate", "0ppm").removesuffix("ppm")), formula.get("fixed", 0),
            int(formula.get("fixed_per") == "unit"), formula.get("floor", 0), formula.get("cap", 2**62),
        )  # fmt: skip
        if not rule["when"]:
            found[rule["fee"]] = ("", {}, values)
            continue
        [(dimension, [code])] = rule["when"].items()
        column = "category_id" if dimension == "category" else "level_id"
        _, known, usual = found[rule["fee"]]
        found[rule["fee"]] = (column, known | {ids[column.removesuffix("_id")][code]: values}, usual)
    return list(found.values())


def _plain(batch: LineBatch, tables: list[_Table]) -> int:
    """Every detail that the kernel gives, (rule, base, amount), in a loop; the sum of the fees among them."""
    total = 0
    details = []
    columns = zip(
        batch.category_id.tolist(), batch.level_id.tolist(), batch.quantity.tolist(), batch.goods.tolist(),
        batch.shop_discount.tolist(), batch.freight.tolist(), strict=True,
    )  # fmt: skip
    for category, level, quantity, goods, coupon, freight in columns:
        base = goods - coupon
        own = [(0, read, read) for read in (goods, coupon, freight) if read]
        for column, known, usual in tables:
            code = category if column == "category_id" else level
            rule, ppm, fixed, per_unit, floor, cap = known.get(code, usual) if column else usual
            quotient, rest = divmod(base * ppm, 1_000_000)
            if rest > 500_000 or (rest == 500_000 and quotient & 1):
                quotient += 1
            amount = quotient + (fixed * quantity if per_unit else fixed)
            amount = min(max(amount, floor), cap)
            total += amount
            own.append((rule, base, amount))
        details.append(own)
    return total
