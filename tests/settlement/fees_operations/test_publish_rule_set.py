"""Publishing rule sets: versions of sets and rules, refusals, and who gets to be first."""

import threading
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import DatabaseError, connection, connections, transaction

from tests.settlement.fees_operations.rule_sets import AT, document, publish, rule
from zhanggui.audit.models import AuditRecord
from zhanggui.settlement.fees.errors import RuleSetRefused
from zhanggui.settlement.fees.models import RuleSetVersion, RuleVersion
from zhanggui.settlement.fees.operations.load_catalogue import load_catalogue
from zhanggui.settlement.fees.operations.publish_rule_set import publish_rule_set
from zhanggui.settlement.fees.queries.rule_sets import rule_set_by_id
from zhanggui.settlement.fees.rules.document import rule_set_digest, rule_set_document
from zhanggui.settlement.fees.rules.errors import InvalidRuleSet

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def catalogue_loaded(db: None) -> None:
    load_catalogue()


def versions() -> list[tuple[str, int]]:
    """(code, version) of every rule version, in the order they were made."""
    return list(RuleVersion.objects.order_by("id").values_list("code", "version"))


class TestPublishRuleSet:
    def test_gives_the_first_version_and_its_rules_numbers(self) -> None:
        version = publish(rule("commission"), rule("tech", fee="tech_service_fee"))
        assert (version.code, version.version, len(version.rule_version_ids)) == ("mall", 1, 2)
        assert versions() == [("commission", 1), ("tech", 1)]

    def test_begins_at_midnight_where_the_mall_is(self) -> None:
        version = publish(starts="2026-02-01")
        assert version.effective_from == datetime(2026, 2, 1, tzinfo=ZoneInfo("Asia/Shanghai"))

    def test_gives_back_the_current_version_for_the_same_document(self) -> None:
        first = publish()
        again = publish(at=AT + timedelta(days=1))
        assert (again.id, again.published_at) == (first.id, AT)
        assert (RuleSetVersion.objects.count(), AuditRecord.objects.count()) == (1, 1)

    def test_does_not_mind_how_the_document_is_written(self) -> None:
        first = publish(rule("a"), rule("b", fee="tech_service_fee"))
        turned = publish(rule("b", fee="tech_service_fee", priority=0), rule("a", when={"category": []}))
        assert turned.id == first.id

    def test_keeps_the_versions_of_rules_that_did_not_change(self) -> None:
        first = publish(rule("a"), rule("b", fee="tech_service_fee"))
        second = publish(rule("a"), rule("b", fee="tech_service_fee", rate="6%"))
        assert second.version == 2
        assert len(set(first.rule_version_ids) & set(second.rule_version_ids)) == 1
        assert versions() == [("a", 1), ("b", 1), ("b", 2)]

    def test_gives_a_rule_its_old_version_back_when_it_says_what_it_said(self) -> None:
        first = publish(rule("a", "5%"))
        publish(rule("a", "6%"))
        third = publish(rule("a", "5%"))
        assert (third.version, third.rule_version_ids) == (3, first.rule_version_ids)

    def test_does_not_share_rules_between_sets(self) -> None:
        publish()
        publish(code="other")
        assert list(RuleVersion.objects.order_by("id").values_list("set_code", "version")) == [
            ("mall", 1), ("other", 1),
        ]  # fmt: skip

    def test_keeps_the_whole_document(self) -> None:
        version = publish(rule("a", note="as agreed"), note="spring")
        kept = rule_set_by_id(version.id)
        assert rule_set_digest(kept) == bytes(version.digest)
        assert rule_set_document(kept)["rules"][0]["note"] == "as agreed"
        assert version.note == "spring"

    def test_may_begin_before_orders_that_are_in(self) -> None:
        """Orders freeze their rule set when they are staged, so an early start moves none of them."""
        publish(starts="2026-01-01")
        assert publish(rule("a"), starts="2025-06-01").version == 2

    def test_writes_down_what_became_of_each_rule(self) -> None:
        publish(rule("a"), rule("b", fee="tech_service_fee"))
        publish(rule("a", "6%"), rule("c", fee="payment_fee"))
        record = AuditRecord.objects.latest("id")
        assert (record.action, record.object_id, record.actor) == ("rule_set.published", "mall/2", "zhang")
        assert record.before["version"] == 1
        assert record.after["new_rules"] == ["c"]
        assert record.after["changed_rules"] == {"a": 2}
        assert record.after["dropped_rules"] == ["b"]

    def test_writes_rows_that_never_change(self) -> None:
        publish()
        for table in ("settlement_rule_version", "settlement_rule_set_version"):
            with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(f"update {table} set code = 'x'")


class TestRefusals:
    def test_a_document_that_cannot_be_read_says_where(self) -> None:
        with pytest.raises(InvalidRuleSet, match=r'Rule "commission", field formula\.rate'):
            publish(rule(formula={"rate": 0.05}))

    def test_an_unsound_set_lists_every_finding_and_leaves_nothing(self) -> None:
        twisted = {"base": "goods_paid", "rate": "5%", "floor": 200, "cap": 100}
        with pytest.raises(RuleSetRefused, match="floor 200 is above the cap 100") as refused:
            publish(rule("a", formula=twisted), rule("b", fee="no_such_fee"))
        found = {finding["code"] for finding in refused.value.details["findings"]}
        assert {"floor_above_cap", "unknown_fee"} <= found
        assert not RuleSetVersion.objects.exists()
        assert versions() == []

    def test_two_rules_of_equal_rank_on_one_line(self) -> None:
        with pytest.raises(RuleSetRefused) as refused:
            publish(rule("a"), rule("b", "6%"))
        assert ["a", "b"] in [sorted(finding["rules"]) for finding in refused.value.details["findings"]]


@pytest.mark.django_db(transaction=True)
class TestRacing:
    def test_two_publishers_get_two_numbers_and_one_document_one(self) -> None:
        """Eight at once, four documents, each twice: four versions, numbered without a gap."""
        results: list[tuple[int, str]] = []
        start = threading.Barrier(8)

        def act(rate: str) -> None:
            start.wait()
            try:
                version = publish_rule_set(document=document(rule(rate=rate)), at=AT, actor=rate)
                results.append((version.version, rate))
            finally:
                connections.close_all()

        threads = [threading.Thread(target=act, args=(f"{place % 4 + 1}%",)) for place in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(results) == 8
        numbers = sorted(RuleSetVersion.objects.values_list("version", flat=True))
        assert numbers == list(range(1, len(numbers) + 1))
        assert len(versions()) == 4
