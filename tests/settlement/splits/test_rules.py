"""Which rule decides an order: the first that it meets, and the default where it meets none."""

from datetime import UTC, datetime

import pytest

from zhanggui.settlement.splits.errors import UnreadableSplitRules
from zhanggui.settlement.splits.operations.publish_split_rules import publish_split_rules
from zhanggui.settlement.splits.rules import CONDITIONS, DEFAULT, Mode, OrderFacts, read_rules, rule_for

NOBODY_PUBLISHED: list[dict[str, object]] = []
OWN = {"code": "ours", "mode": "own_account", "merchants": ["tea"], "below_minor": 5000}
SUPPLIED = {"code": "supplied", "mode": "on_rail", "receivers": ["supplier"], "relations": ["drop_shipped"]}
FIRST = {"code": "first", "mode": "on_rail", "receivers": ["supplier"], "scenarios": ["live"]}


def facts(paid_minor: int = 1000, **values: str) -> OrderFacts:
    codes = {name: frozenset({values.get(name, "")}) for name in CONDITIONS}
    return OrderFacts(paid_minor, codes)


@pytest.mark.parametrize(
    ("rules", "order", "decides"),
    [
        (NOBODY_PUBLISHED, facts(), "default"),
        ([OWN], facts(merchants="kiln"), "default"),
        ([OWN], facts(5000, merchants="tea"), "default"),
        ([OWN], facts(4999, merchants="tea"), "ours"),
        ([FIRST, OWN], facts(merchants="tea", scenarios="live"), "first"),
        ([SUPPLIED, OWN], facts(merchants="tea", relations="drop_shipped"), "supplied"),
        ([SUPPLIED, OWN], facts(merchants="tea", relations="own"), "ours"),
    ],
)
def test_the_first_rule_that_is_met_decides_and_else_the_default(
    rules: list[dict[str, object]], order: OrderFacts, decides: str
) -> None:
    assert rule_for(order, read_rules(rules)).code == decides


def test_the_default_is_the_channel_for_everybody() -> None:
    assert (DEFAULT.mode, DEFAULT.receivers) == (Mode.ON_RAIL, ("merchant", "supplier", "carrier"))
    assert DEFAULT.meets(facts(0))


def test_of_an_order_every_line_has_to_be_drop_shipped() -> None:
    mixed = OrderFacts(1000, facts().values | {"relations": frozenset({"own", "drop_shipped"})})
    assert not read_rules([SUPPLIED])[0].meets(mixed)
    assert read_rules([SUPPLIED | {"relations": ["own", "drop_shipped"]}])[0].meets(mixed)


def test_a_relation_that_nobody_knows_is_refused() -> None:
    with pytest.raises(
        UnreadableSplitRules, match="the relations of rule supplied are some of own, drop_shipped"
    ):
        read_rules([SUPPLIED | {"relations": ["borrowed"]}])


def test_nobody_publishes_a_rule_of_its_name() -> None:
    with pytest.raises(UnreadableSplitRules, match="the code of the last rule"):
        publish_split_rules(
            rules=[OWN | {"code": "default"}], at=datetime(2026, 6, 1, tzinfo=UTC), actor="ann"
        )
