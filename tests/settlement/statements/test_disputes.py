"""A detail is disputed: it moves on, the rest proceeds; upheld or rejected."""

import pytest
from django.db import transaction

from tests.settlement.story import ZONE, Story, noon, text
from zhanggui.settlement.details.errors import NothingToCorrect, UnknownDetail
from zhanggui.settlement.details.queries import DetailKey
from zhanggui.settlement.statements.errors import (
    AlreadyDisputed,
    DetailNotOnStatement,
    DisputeNotOpen,
    StatementNotConfirming,
)
from zhanggui.settlement.statements.models import Dispute

pytestmark = pytest.mark.django_db


@pytest.fixture
def story() -> Story:
    story = Story()
    story.orders("""
        order merchant goods  day
        A1    m1       100.00 2026-01-05
        A2    m1       60.00  2026-02-05
    """)
    story.charges("""
        charge party fee            amount day
        C1     m1    breach_penalty -30.00 2026-01-09
    """)
    story.bill()
    story.close("2026-01-31")
    story.now = noon("2026-02-15")
    return story


def penalty(story: Story) -> DetailKey:
    line = story.statement("m1", "2026-01-01")
    from zhanggui.settlement.details.models import BilledLine

    row = BilledLine.objects.get(statement_id=line.id, kind=4)
    return DetailKey(row.party_id, row.line_id, row.event_id, 1)


class TestOpenDispute:
    def test_moves_the_detail_to_the_next_statement_and_leaves_the_header(self, story: Story) -> None:
        story.dispute(penalty(story))
        assert story.statements("period state net carried") == text("""
            01-01..02-01 confirming 65.00 -30.00
            02-01..03-01 open 27.00 0.00
        """)
        assert story.confirm("m1", "2026-01-01").net_minor == 6500
        assert "2202.03 m1 -95.00" in story.balances()

    def test_a_detail_is_disputed_once_ever(self, story: Story) -> None:
        dispute = story.dispute(penalty(story))
        with pytest.raises(AlreadyDisputed):
            story.dispute(penalty(story))
        story.resolve(dispute, upheld=False)
        with pytest.raises(AlreadyDisputed):
            story.dispute(penalty(story))

    def test_only_between_closing_and_confirming(self, story: Story) -> None:
        with pytest.raises(StatementNotConfirming):
            story.dispute(story.detail("m1", "A2", "commission"))
        story.confirm("m1", "2026-01-01")
        with pytest.raises(StatementNotConfirming):
            story.dispute(penalty(story))
        assert not Dispute.objects.exists()

    def test_what_was_moved_here_is_not_disputed_again(self, story: Story) -> None:
        dispute = story.dispute(penalty(story))
        story.now = noon("2026-03-05")
        story.close("2026-02-28")
        from zhanggui.settlement.details.models import BilledLine

        row = BilledLine.objects.get(kind=6, event_id=dispute.id)
        with pytest.raises(DetailNotOnStatement):
            story.dispute(DetailKey(row.party_id, row.line_id, row.event_id, 1))

    @pytest.mark.parametrize("key", ["1-1-0-9", "999-1-0-1", "1-999-0-1"])
    def test_an_unknown_detail_is_refused(self, story: Story, key: str) -> None:
        with pytest.raises(UnknownDetail):
            story.dispute(DetailKey.parse(key))


class TestResolving:
    def test_upheld_takes_the_whole_detail_back(self, story: Story) -> None:
        dispute = story.dispute(penalty(story))
        story.resolve(dispute, upheld=True)
        assert story.statements("period net") == "01-01..02-01 65.00\n02-01..03-01 57.00"
        assert story.balances() == text("""
            1012.01 - 160.00
            2202.02 m1 -152.00
            6001.01 - -8.00
        """)

    def test_upheld_in_part_takes_a_part_back(self, story: Story) -> None:
        dispute = story.dispute(penalty(story))
        story.resolve(dispute, upheld=True, amount=1000)
        assert story.statements("net") == "65.00\n37.00"
        assert "6301 - -20.00" in story.balances()

    def test_rejected_leaves_it_on_the_next_statement(self, story: Story) -> None:
        dispute = story.dispute(penalty(story))
        story.resolve(dispute, upheld=False)
        assert story.statements("net") == "65.00\n27.00"
        assert "6301 - -30.00" in story.balances()

    def test_settled_once(self, story: Story) -> None:
        dispute = story.dispute(penalty(story))
        story.resolve(dispute, upheld=True)
        for upheld in (True, False):
            with pytest.raises(DisputeNotOpen):
                story.resolve(dispute, upheld=upheld)
        assert story.statement("m1", "2026-01-01").open_disputes == 0

    def test_an_upheld_one_over_nothing_is_refused_whole(self, story: Story) -> None:
        dispute = story.dispute(penalty(story))
        with pytest.raises(NothingToCorrect), transaction.atomic():
            story.resolve(dispute, upheld=True, amount=0)
        dispute.refresh_from_db()
        assert dispute.state == "open"

    def test_where_the_rest_is_negative_it_is_carried_instead_of_confirmed(self, story: Story) -> None:
        """The goods are disputed; what is left of the statement is fees and a penalty."""
        story.dispute(story.detail("m1", "A1", "goods_amount"))
        row = story.confirm("m1", "2026-01-01")
        assert (row.state, row.carried_minor) == ("carried", row.net_minor)
        assert story.statements("state net carried") == "carried 65.00 65.00\nopen 122.00 0.00"

    def test_where_everything_is_disputed_nothing_is_confirmed(self, story: Story) -> None:
        for key in (
            story.detail("m1", "A1", "goods_amount"),
            story.detail("m1", "A1", "commission"),
            penalty(story),
        ):
            story.dispute(key)
        assert story.confirm("m1", "2026-01-01").state == "confirmed"
        assert "2202.03" not in story.balances()
        story.now = noon("2026-03-05")
        story.close("2026-02-28")
        assert story.replayed() == []


class TestCorrections:
    def test_name_the_detail_and_land_on_the_open_statement(self, story: Story) -> None:
        key = story.detail("m1", "A1", "commission")
        made = story.correct(key, "2.00")
        again = story.correct(key, "-0.50")
        assert made != again
        assert story.details("A1") == text("""
            m1 1 goods_amount 100.00 100.00
            m1 1 commission 100.00 -5.00
            m1 3 commission -5.00 2.00
            m1 3 commission -5.00 -0.50
        """)
        assert story.statements("net") == "65.00\n58.50"

    def test_of_goods_money_are_borne_by_the_platform(self, story: Story) -> None:
        story.correct(story.detail("m1", "A1", "goods_amount"), "9.00")
        assert "m1 3 correction 100.00 9.00" in story.details("A1")
        assert "6601.04 - 9.00" in story.balances()

    @pytest.mark.parametrize("amount", ["0.00"])
    def test_of_nothing_are_refused(self, story: Story, amount: str) -> None:
        with pytest.raises(NothingToCorrect):
            story.correct(story.detail("m1", "A1", "commission"), amount)

    def test_of_floats_are_refused(self, story: Story) -> None:
        from zhanggui.journeys.detail_disputed import detail_corrected
        from zhanggui.money.errors import FloatRefused

        with pytest.raises(FloatRefused):
            detail_corrected(
                key=story.detail("m1", "A1", "commission"),
                amount=10.7,
                reason="",
                at=story.clock(),
                zone=ZONE,  # type: ignore[arg-type]
                actor="x",
            )

    def test_of_carried_balances_are_refused(self, story: Story) -> None:
        from zhanggui.settlement.details.models import BilledLine

        dispute = story.dispute(penalty(story))
        row = BilledLine.objects.get(kind=6, event_id=dispute.id)
        with pytest.raises(NothingToCorrect):
            story.correct(DetailKey(row.party_id, row.line_id, row.event_id, 1), "1.00")
