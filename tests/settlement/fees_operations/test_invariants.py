"""What the audit says of published rules."""

import pytest
from django.db import connection

from tests.settlement.story import Story
from tests.tampering import broken, tamper

pytestmark = pytest.mark.django_db


@pytest.mark.breaks_invariants
@pytest.mark.parametrize(
    "act",
    [
        "update settlement_rule_version set content = jsonb_set(content, '{priority}', '7')",
        "update settlement_rule_set_version set document = jsonb_set(document, '{take_cap_ppm}', '7')",
        "update settlement_rule_version set content_hash = sha256(content_hash)",
        "update settlement_rule_set_version set digest = sha256(digest)",
    ],
)
def test_it_finds_who_changes_a_published_rule(act: str) -> None:
    Story()
    assert broken() == set()
    assert tamper(act) == 1
    assert broken() == {"published_rules_changed"}


@pytest.mark.breaks_invariants
def test_it_finds_a_guard_that_was_put_to_sleep() -> None:
    with connection.cursor() as cursor:
        cursor.execute("alter table ledger_entry disable trigger ledger_entry_append_only")
    assert broken() == {"guard_asleep"}
