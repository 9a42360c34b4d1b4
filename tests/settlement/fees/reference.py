"""The slow, obvious fee engine: what a rule set document means, in plain Python.

It reads the JSON document directly, one order line at a time, with unbounded integers and fractions. It
shares no code with the kernel, not even `zhanggui.money`, so that agreement of the two means something.

A line is a dict: line_id, order, merchant, ordered_at (aware datetime), quantity, goods, shop_discount,
platform_discount, points_discount, freight, tax, cumulative_before, and a code (or None) per dimension.
"""

import datetime
import math
from fractions import Fraction

DIMENSIONS = [
    "category", "spu", "sku", "sku_type", "merchant", "merchant_level", "merchant_category",
    "business_line", "channel", "payment_method", "region",
]  # fmt: skip


def rate_lines(document, lines, *, parents, zone):
    """Details by line id: {(fee, payer, receiver): (rule code or None for parsed, base, amount)}."""
    details = {line["line_id"]: parsed_details(line) for line in lines}
    for fee in evaluation_order(document):
        rules = [rule for rule in document["rules"] if rule["fee"] == fee]
        for slot in sorted({(fee, rule["payer"], rule["receiver"]) for rule in rules}):
            rivals = [rule for rule in rules if (fee, rule["payer"], rule["receiver"]) == slot]
            rate_slot(document, slot, rivals, lines, details, parents, zone)
    return details


def parsed_details(line):
    """The fees that the order itself holds."""
    amounts = {
        ("goods_amount", "platform", "merchant"): line["goods"]
        - line["platform_discount"]
        - line["points_discount"],
        ("platform_coupon_subsidy", "platform", "merchant"): line["platform_discount"],
        ("points_subsidy", "platform", "merchant"): line["points_discount"],
        ("shop_coupon", "merchant", "platform"): line["shop_discount"],
        ("freight_collected", "platform", "merchant"): line["freight"],
        ("supply_price", "merchant", "supplier"): line.get("supply", 0),
    }
    return {slot: (None, amount, amount) for slot, amount in amounts.items() if amount != 0}


def evaluation_order(document):
    """Fees such that whatever a fee builds on comes before it."""
    fees = sorted({rule["fee"] for rule in document["rules"]})
    placed = []
    while len(placed) < len(fees):
        for fee in fees:
            bases = {
                rule["formula"].get("base", "goods_paid") for rule in document["rules"] if rule["fee"] == fee
            }
            needs = {base[4:] for base in bases if base.startswith("fee:")}
            if fee not in placed and all(need in placed or need not in fees for need in needs):
                placed.append(fee)
    return placed


def rate_slot(document, slot, rivals, lines, details, parents, zone):
    """One slot for all lines: who wins where, then group by group."""
    winners = {}
    for line in lines:
        matching = [rule for rule in rivals if matches(document, rule, line, lines, parents, zone)]
        if matching:
            winners[line["line_id"]] = max(matching, key=lambda rule: rule.get("priority", 0))
    for rule in rivals:
        won = [line for line in lines if winners.get(line["line_id"]) is rule]
        for order in unique((line["order"], line["merchant"]) for line in won):
            part = [line for line in won if (line["order"], line["merchant"]) == order]
            fixed = order_fixed_shares(rule["formula"], part)
            for key in unique(group_key(rule, line) for line in part):
                group = [line for line in part if group_key(rule, line) == key]
                rate_group(document, rule, slot, group, fixed, details)


def unique(values):
    """Values in the order of their first appearance."""
    return list(dict.fromkeys(values))


def matches(document, rule, line, lines, parents, zone):
    """Whether a rule applies to a line."""
    begins = max(rule.get("effective_from") or "", document["effective_from"])
    day = line["ordered_at"].astimezone(zone).date().isoformat()
    ends = rule.get("effective_before")
    if day < begins or (ends and day >= ends):
        return False
    when = rule.get("when") or {}
    for dimension in DIMENSIONS:
        wanted = when.get(dimension)
        if wanted and not any(code in wanted for code in with_ancestors(dimension, line[dimension], parents)):
            return False
    band = when.get("order_amount") or {}
    goods = sum(
        other["goods"]
        for other in lines
        if (other["order"], other["merchant"]) == (line["order"], line["merchant"])
    )
    if band.get("from") is not None and goods < band["from"]:
        return False
    return band.get("before") is None or goods < band["before"]


def with_ancestors(dimension, code, parents):
    """A code and, in the category tree, everything above it."""
    chain = []
    while code is not None:
        chain.append(code)
        code = parents.get(code) if dimension == "category" else None
    return chain


def group_key(rule, line):
    """What the lines of one group have in common."""
    granularity = rule.get("granularity", "sku")
    if granularity in ("sku", "fee"):
        return line["line_id"]
    return "all" if granularity == "order" else line[granularity]


def base_of(formula, line, details):
    """One line's base."""
    base = formula.get("base", "goods_paid")
    paid = line["goods"] - line["shop_discount"] - line["platform_discount"] - line["points_discount"]
    if base.startswith("fee:"):
        return sum(amount for (fee, _, _), (_, _, amount) in details.items() if fee == base[4:])
    named = {
        "goods_paid": paid,
        "goods_net_shop": line["goods"] - line["shop_discount"],
        "paid": paid + line["freight"],
    }
    return named[base] if base in named else line[base]


def rate_group(document, rule, slot, group, order_fixed, details):
    """Evaluate a formula on a group and share the result over its lines."""
    formula = rule["formula"]
    bases = [base_of(formula, line, details[line["line_id"]]) for line in group]
    rounding = formula.get("rounding") or document.get("rounding") or "half_even"
    amount = percentage(formula, rounding, group, bases)
    per = formula.get("fixed_per") or "line"
    if per == "line":
        amount += (formula.get("fixed") or 0) * len(group)
    elif per == "unit":
        amount += (formula.get("fixed") or 0) * sum(line["quantity"] for line in group)
    else:
        amount += sum(order_fixed[line["line_id"]] for line in group)
    if formula.get("floor") is not None:
        amount = max(amount, formula["floor"])
    if formula.get("cap") is not None:
        amount = min(amount, formula["cap"])
    weights = bases if any(bases) else [line["goods"] for line in group]
    for line, base, share in zip(group, bases, share_out(amount, weights), strict=True):
        if share != 0 or base != 0:
            details[line["line_id"]][slot] = (rule["code"], base, share)


def percentage(formula, rounding, group, bases):
    """The rounded percentage part, with what tiers add."""
    tiers = formula.get("tiers")
    total = sum(bases)
    if not tiers:
        return rounded(total * rate_of(formula.get("rate")), rounding)
    steps = tiers["steps"]
    if tiers["kind"] == "slab":
        chooser = total if tiers["by"] == "line_amount" else group[0]["cumulative_before"]
        step = [step for step in steps if step["from"] <= chooser][-1]
        return rounded(total * rate_of(step["rate"]), rounding) + (step.get("fixed") or 0)
    if tiers["by"] == "line_amount":
        return accrued(steps, total, rounding)
    return sum(
        accrued(steps, line["cumulative_before"] + base, rounding)
        - accrued(steps, line["cumulative_before"], rounding)
        for line, base in zip(group, bases, strict=True)
    )


def accrued(steps, amount, rounding):
    """Graduated tiers: each part at its own rate, rounded once; the fixed amount of every step entered."""
    exact, fixed = Fraction(0), 0
    for place, step in enumerate(steps):
        top = steps[place + 1]["from"] if place + 1 < len(steps) else amount
        exact += max(min(amount, top) - step["from"], 0) * rate_of(step["rate"])
        fixed += (step.get("fixed") or 0) if amount > step["from"] else 0
    return rounded(exact, rounding) + fixed


def order_fixed_shares(formula, part):
    """A fixed amount per order, by line: over all lines the rule won in the part, by goods."""
    fixed = (formula.get("fixed") or 0) if formula.get("fixed_per") == "order" else 0
    shares = share_out(fixed, [line["goods"] for line in part])
    return {line["line_id"]: share for line, share in zip(part, shares, strict=True)}


def rate_of(rate):
    """A rate as a fraction."""
    if rate is None:
        return Fraction(0)
    if isinstance(rate, str):
        return Fraction(rate.removesuffix("%")) / 100
    return Fraction(rate, 1_000_000)


def rounded(exact, mode):
    """A fraction of 0 or more as an integer."""
    below, above = math.floor(exact), math.ceil(exact)
    if mode in ("down", "floor"):
        return below
    if mode in ("up", "ceiling"):
        return above
    if exact - below == Fraction(1, 2):
        return above if mode == "half_up" or below % 2 else below
    return below if exact - below < Fraction(1, 2) else above


def share_out(total, weights):
    """Largest remainder; all weights 0 count as equal; ties to the earlier."""
    if not any(weights):
        weights = [1] * len(weights)
    exact = [Fraction(total * weight, sum(weights)) for weight in weights]
    shares = [math.floor(share) for share in exact]
    by_remainder = sorted(range(len(weights)), key=lambda place: (shares[place] - exact[place], place))
    for place in by_remainder[: total - sum(shares)]:
        shares[place] += 1
    return shares


def given_back(reverse, policy, amount, before, after, whole):
    """What of a charged amount (0 or more) the step from `before` to `after`, of `whole`, gives back.

    `reverse` is the rule's own (None: as the fee type's `policy` says).
    """
    policy = reverse["policy"] if reverse else policy
    kept = 0
    if policy == "fixed":
        limit = rounded(amount * rate_of((reverse or {}).get("kept_rate") or "100%"), "half_even")
        kept = min((reverse or {}).get("kept") or 0, limit)
    if policy == "full_only":
        return amount if before < whole == after else 0
    if policy not in ("fixed", "pro_rata"):
        return 0
    back = amount - kept
    so_far = [rounded(Fraction(back * done, whole), "half_even") for done in (before, after)]
    return so_far[1] - so_far[0]


def midnight(day, zone):
    """The begin of a day."""
    return datetime.datetime.combine(datetime.date.fromisoformat(day), datetime.time(), tzinfo=zone)
