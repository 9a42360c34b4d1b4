"""Freight by a template: so much for the first pieces or grams, so much for every started bundle more.

An order pays once for each template its goods name; the amount is shared over the lines of that template. Goods
count at their prices, before any promotion: a coupon never makes freight dearer. Amounts are minor units.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from zhanggui.money.allocation import allocate

PIECE = "piece"
WEIGHT = "weight"


@dataclass(frozen=True, slots=True)
class FreightStep:
    """What a template asks for some regions; none named: for every region that no other step names."""

    regions: tuple[str, ...]
    first_units: int
    first_minor: int
    next_units: int
    next_minor: int


@dataclass(frozen=True, slots=True)
class FreightTerms:
    """A freight template: counted by pieces or grams; `free_from_minor` 0: never free."""

    basis: str
    free_from_minor: int
    steps: tuple[FreightStep, ...]


@dataclass(frozen=True, slots=True)
class Load:
    """One line as freight sees it. `template_id` 0 travels free."""

    template_id: int
    quantity: int
    weight_grams: int
    goods_minor: int


def step_for(terms: FreightTerms, region: str) -> FreightStep | None:
    """The step that names the region, else the one for everywhere else, else None: nothing is sent there.

    An empty region is one that is not known yet: it costs what everywhere else does, or, where nothing is sent to
    everywhere, what the first step says.
    """
    everywhere = next((step for step in terms.steps if not step.regions), None)
    if not region:
        return everywhere or (terms.steps[0] if terms.steps else None)
    named = next((step for step in terms.steps if region in step.regions), None)
    return named or everywhere


def freight_amount(terms: FreightTerms, step: FreightStep, loads: Sequence[Load]) -> int:
    """What the loads of one template cost to send together.

    Everything up to `first_units` costs `first_minor` (also goods that weigh nothing); every started `next_units`
    beyond costs `next_minor`.
    """
    if not loads:
        return 0
    if terms.free_from_minor and sum(load.goods_minor for load in loads) >= terms.free_from_minor:
        return 0
    by_weight = terms.basis == WEIGHT
    return step_amount(step, sum(load.quantity * (load.weight_grams if by_weight else 1) for load in loads))


def step_amount(step: FreightStep, units: int) -> int:
    """What so many units (pieces, grams) cost by a step."""
    beyond = max(units - step.first_units, 0)
    started = -(-beyond // step.next_units)
    return step.first_minor + started * step.next_minor


def share_freight(amount: int, loads: Sequence[Load]) -> list[int]:
    """The amount over the loads by the value of their goods, largest remainder; goods that all cost nothing share by
    quantity. Ties go to the earlier load: whoever calls puts them into an order that does not depend on the cart."""
    worth = [load.goods_minor for load in loads]
    return allocate(amount, worth if any(worth) else [load.quantity for load in loads])


def freight_of_order(
    loads: Sequence[Load], *, terms: Mapping[int, FreightTerms], region: str
) -> list[int | None]:
    """The freight of each load of one order, each template's loads apart; None: it is not sent to that region.

    A template that is not in `terms` sends nowhere.
    """
    freight: list[int | None] = [0] * len(loads)
    for template_id in sorted({load.template_id for load in loads} - {0}):
        places = [place for place, load in enumerate(loads) if load.template_id == template_id]
        mine = [loads[place] for place in places]
        found = terms.get(template_id)
        step = step_for(found, region) if found else None
        shares: Sequence[int | None] = [None] * len(mine)
        if found and step:
            shares = share_freight(freight_amount(found, step, mine), mine)
        for place, share in zip(places, shares, strict=True):
            freight[place] = share
    return freight
