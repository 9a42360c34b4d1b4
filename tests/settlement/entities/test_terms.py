"""Settlement terms: effective-dated, never overlapping, the party's own before the line's."""

from datetime import date

import numpy as np
import pytest

from tests.settlement.story import Story
from zhanggui.audit.models import AuditRecord
from zhanggui.rows.times import day_number
from zhanggui.settlement.entities.errors import UnknownBusinessLine
from zhanggui.settlement.entities.models import SettlementTerms
from zhanggui.settlement.entities.queries import TermsBook, business_line, same_terms, series_terms
from zhanggui.settlement.entities.rules.errors import InvalidCycle, InvalidDueRule, UnknownCalendar

pytestmark = pytest.mark.django_db


class TestSetTerms:
    def test_ends_the_open_ones_before_them(self) -> None:
        story = Story()
        story.terms("m1", "2026-03-01")
        story.terms("m1", "2026-05-01", cycle="day")
        windows = SettlementTerms.objects.filter(party_id=story.party("m1")).order_by("effective_from")
        assert list(windows.values_list("effective_from", "effective_before", "cycle")) == [
            (date(2026, 3, 1), date(2026, 5, 1), "month:1"), (date(2026, 5, 1), None, "day")
        ]  # fmt: skip
        assert AuditRecord.objects.filter(action="terms.set").count() == 3

    @pytest.mark.parametrize(
        ("settings", "refusal"),
        [
            ({"cycle": "monthly"}, InvalidCycle), ({"cycle": "days:0@2026-01-01"}, InvalidCycle),
            ({"due_rule": "soon"}, InvalidDueRule), ({"calendar": "Mars"}, UnknownCalendar),
        ],
    )  # fmt: skip
    def test_refuses_what_could_not_be_billed_by(
        self, settings: dict[str, str], refusal: type[Exception]
    ) -> None:
        story = Story()
        with pytest.raises(refusal):
            story.terms("m1", "2026-03-01", **settings)
        assert not SettlementTerms.objects.filter(party_id=story.party("m1")).exists()


class TestTermsBook:
    def test_finds_for_many_what_it_finds_for_one(self) -> None:
        story = Story()
        story.terms("m1", "2026-03-01")
        story.terms("m1", "2026-05-01", effective_before=date(2026, 6, 1))
        story.terms("m2", "2026-04-01")
        book = TermsBook.load(story.line.id)
        parties = [story.party("m1"), story.party("m2"), 999]
        days = [
            date(2025, 12, 31),
            *(date(2026, month, day) for month in range(1, 8) for day in (1, 30) if month != 2),
        ]
        pairs = [(party, day_number(day)) for party in parties for day in days]
        found = book.resolve(*(np.array(column, dtype=np.int64) for column in zip(*pairs, strict=True)))
        assert found.tolist() == [terms.id if (terms := book.find(*pair)) else 0 for pair in pairs]
        assert len(set(found.tolist())) == 5

    def test_unknown_lines_are_refused_naming_those_there_are(self) -> None:
        Story()
        with pytest.raises(UnknownBusinessLine, match="mall"):
            business_line("ghost")


class TestSeriesTerms:
    def test_are_the_partys_newest_else_the_lines_else_a_stand_in(self) -> None:
        story = Story(due_rule="D+5")
        story.terms("m1", "2026-03-01", due_rule="D+6")
        story.terms("m1", "2026-04-01", due_rule="D+8")
        own, other = story.party("m1"), story.party("m2")
        entity = SettlementTerms.objects.values_list("entity_id", flat=True)[0]
        ids, terms = series_terms(
            parties=np.array([own, other, own], dtype=np.int64), entity_id=entity, mode=1, cycle="month:1"
        )
        assert [terms[one].due_rule for one in ids.tolist()] == ["D+8", "D+5", "D+8"]
        ids, terms = series_terms(
            parties=np.array([own], dtype=np.int64), entity_id=entity, mode=2, cycle="day"
        )
        assert (terms[0].cycle, terms[0].invoice_mode, terms[0].due_rule) == ("day", 2, "D+7")

    def test_equal_terms_share_a_number(self) -> None:
        one, other = SettlementTerms(entity_id=1, cycle="day"), SettlementTerms(entity_id=2, cycle="day")
        ids, by_id = same_terms([one, other, one])
        assert ids.tolist() == [0, 1, 0] and list(by_id) == [0, 1]
