"""Statements are confirmed: by hand, many at once, by silence."""

from datetime import date

import pytest

from tests.settlement.story import ZONE, Story, text
from zhanggui.audit.models import AuditRecord
from zhanggui.journeys.statement_confirmed import silence_confirmed, statements_confirmed
from zhanggui.ledger.queries import party_balances
from zhanggui.settlement.statements.errors import StatementNotConfirming, UnknownStatement
from zhanggui.settlement.statements.models import Statement, StatementEvent

pytestmark = pytest.mark.django_db


@pytest.fixture
def story() -> Story:
    story = Story()
    story.orders("""
        order merchant goods  day
        A1    m1       100.00 2026-01-05
        A1    m2       200.00 2026-01-05
        A2    m1       100.00 2026-02-05
    """)
    story.bill()
    return story


class TestConfirmStatement:
    def test_moves_the_net_to_the_confirmed_account(self, story: Story) -> None:
        story.close("2026-01-31")
        row = story.confirm("m1", "2026-01-01")
        assert (row.state, row.confirmed_by) == ("confirmed", "story")
        assert party_balances(party_id=row.party_id, currency="CNY") == {
            "pending": 0,
            "posted": 19000,
            "available": 9500,
        }
        assert StatementEvent.objects.filter(after="confirmed").count() == 1
        assert AuditRecord.objects.get(action="statement.confirmed").after["amount_minor"] == 9500

    def test_twice_is_refused(self, story: Story) -> None:
        story.close("2026-01-31")
        story.confirm("m1", "2026-01-01")
        with pytest.raises(StatementNotConfirming):
            story.confirm("m1", "2026-01-01")

    def test_an_open_one_is_refused(self, story: Story) -> None:
        with pytest.raises(StatementNotConfirming):
            story.confirm("m1", "2026-01-01")

    def test_an_unknown_one_and_one_of_somebody_else_are_refused(self, story: Story) -> None:
        from zhanggui.journeys.statement_confirmed import statement_confirmed

        story.close("2026-01-31")
        own = story.statement("m1", "2026-01-01")
        for party, number in ((own.party_id, 999_999), (story.party("m2"), own.id)):
            with pytest.raises(UnknownStatement):
                statement_confirmed(
                    party_id=party, statement_id=number, at=story.clock(), zone=ZONE, actor="x"
                )


class TestManyAtOnce:
    def test_one_refused_does_not_stop_the_others(self, story: Story) -> None:
        story.close("2026-01-31")
        story.confirm("m1", "2026-01-01")
        keys = list(Statement.objects.order_by("party_id", "id").values_list("party_id", "id"))
        found = statements_confirmed(keys=[*keys, (1, 999)], clock=story.clock, zone=ZONE, actor="li")
        assert found.confirmed == 1
        assert found.amount_minor == {"CNY": 19000}
        assert len(found.failed) == len(keys)

    def test_silence_confirms_when_the_time_is_over(self, story: Story) -> None:
        story.close("2026-01-31")
        ends = story.statement("m1", "2026-01-01").auto_confirm_on
        assert silence_confirmed(today=date(2026, 2, 1), clock=story.clock, zone=ZONE).confirmed == 0
        assert silence_confirmed(today=ends, clock=story.clock, zone=ZONE).confirmed == 2
        assert silence_confirmed(today=ends, clock=story.clock, zone=ZONE).confirmed == 0

    def test_silence_does_not_confirm_what_is_disputed(self, story: Story) -> None:
        story.close("2026-01-31")
        dispute = story.dispute(story.detail("m1", "A1", "commission"))
        assert silence_confirmed(today=date(2026, 12, 1), clock=story.clock, zone=ZONE).confirmed == 1
        story.resolve(dispute, upheld=False)
        assert silence_confirmed(today=date(2026, 12, 1), clock=story.clock, zone=ZONE).confirmed == 1
        assert story.statements("party period state net carried") == text("""
            m1 01-01..02-01 confirmed 95.00 -5.00
            m1 02-01..03-01 open 90.00 0.00
            m2 01-01..02-01 confirmed 190.00 0.00
            m2 02-01..03-01 open 0.00 0.00
        """)
