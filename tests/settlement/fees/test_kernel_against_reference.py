"""The kernel and the slow reference agree on every detail: which rule, which base, which amount."""

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.settlement.fees.reference import rate_lines
from tests.settlement.fees.worlds import (
    EXAMPLES,
    PARENTS,
    ZONE,
    compile_document,
    kernel_details,
    random_document,
    random_lines,
)
from zhanggui.money.errors import AmountTooLarge
from zhanggui.settlement.fees.rules.errors import AmountBeyondInteger

BLOCKS = 20


def compare(document, lines):
    """Assert that both engines say the same; fees that pass 64 bits are refused, never wrong."""
    expected = rate_lines(document, lines, parents=PARENTS, zone=ZONE)
    try:
        rated = kernel_details(document, lines)
    except (AmountBeyondInteger, AmountTooLarge):
        largest = max(amount for details in expected.values() for _, _, amount in details.values())
        assert largest > 2**50, "refused although everything is small"
        return 0
    assert rated == expected
    return sum(map(len, expected.values()))


@pytest.mark.parametrize("block", range(BLOCKS))
def test_random_rule_sets_on_random_orders(block):
    compared = 0
    for seed in range(EXAMPLES // BLOCKS):
        chance = random.Random(block * 1_000_003 + seed)
        compared += compare(random_document(chance), random_lines(chance))
    assert compared > EXAMPLES // BLOCKS, "the examples have hardly any details"


@settings(max_examples=max(EXAMPLES // 20, 10), deadline=None, suppress_health_check=list(HealthCheck))
@given(st.randoms(use_true_random=False))
def test_examples_that_shrink(chance):
    compare(random_document(chance), random_lines(chance))


@pytest.mark.parametrize("seed", range(20))
def test_one_compiled_set_rates_batch_after_batch_as_if_fresh(seed):
    chance = random.Random(seed)
    document = random_document(chance)
    compiled = compile_document(document)
    for _ in range(5):
        lines = random_lines(chance)
        try:
            fresh = kernel_details(document, lines)
        except (AmountBeyondInteger, AmountTooLarge):
            continue
        assert kernel_details(document, lines, compiled) == fresh
