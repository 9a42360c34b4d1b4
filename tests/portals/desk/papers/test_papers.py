"""Papers are set by typst, read back by another program, and say what the page and the database say."""

import io
from datetime import UTC, datetime

import pypdf
import pytest

from tests.settlement.invoices.telling import a_month, invoicing, issue, the_invoice
from tests.settlement.story import Story
from zhanggui.parties.models import Party
from zhanggui.portals.desk.amounts import format_money
from zhanggui.portals.desk.papers import setting
from zhanggui.portals.desk.papers.invoice import invoice_paper
from zhanggui.portals.desk.papers.setting import FontMissing
from zhanggui.portals.desk.papers.statement import statement_paper
from zhanggui.settlement.entities.models import SettlementEntity
from zhanggui.settlement.invoices.queries import whole
from zhanggui.settlement.statements.queries import fee_summary

pytestmark = pytest.mark.django_db
AT = datetime(2026, 2, 5, 4, tzinfo=UTC)
JANUARY = "2026-01-01"


@pytest.fixture
def story() -> Story:
    story = invoicing()
    story.orders("""
        order merchant goods   day
        A1    m1       1234.56 2026-01-05
        A2    m1       33.33   2026-01-06
    """)
    a_month(story)
    return story


def text_of(pdf: bytes) -> str:
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    for page in reader.pages:
        assert [round(float(side)) for side in page.mediabox[2:]] == [595, 842]
    return "\n".join(page.extract_text() for page in reader.pages)


@pytest.mark.parametrize("language", ["zh", "en"])
class TestStatementPaper:
    def test_every_figure_is_that_of_the_database(self, story: Story, language: str) -> None:
        row = story.statement("m1", JANUARY)
        text = text_of(statement_paper(row, language=language, printed_at=AT))
        for amount in [row.net_minor, *(fee["amount"] for fee in fee_summary(row.party_id, row.id))]:
            assert format_money(amount, "CNY") in text
        assert row.number in text and bytes(row.hash).hex() in text.replace("\n", "")
        assert the_invoice(story, "m1").number in text

    def test_it_names_who_they_were_when_it_closed(self, story: Story, language: str) -> None:
        row = story.statement("m1", JANUARY)
        before = text_of(statement_paper(row, language=language, printed_at=AT))
        assert row.enrichment["party_code"] == "m1"
        Party.objects.filter(id=row.party_id).update(name={"zh": "改名之后", "en": "Renamed since"})
        SettlementEntity.objects.filter(id=row.entity_id).update(name={"zh": "另一家", "en": "Another"})
        assert text_of(statement_paper(row, language=language, printed_at=AT)) == before

    def test_its_words_are_of_the_language(self, story: Story, language: str) -> None:
        text = text_of(statement_paper(story.statement("m1", JANUARY), language=language, printed_at=AT))
        for zh, en in (
            ("费用汇总", "Fee summary"),
            ("佣金", "Commission"),
            ("已确认", "Confirmed"),
            ("发票待开具", "Invoice to be issued"),
        ):
            assert (zh if language == "zh" else en) in text


class TestInvoicePaper:
    def test_a_draft_says_so_and_shows_both_sides(self, story: Story) -> None:
        row = the_invoice(story, "m1")
        text = text_of(invoice_paper(whole(row), language="zh", printed_at=AT))
        assert "草稿" in text and "掌柜结算有限公司" in text and "m1 商贸有限公司" in text
        for amount in (row.net_minor, row.tax_minor, row.gross_minor):
            assert format_money(amount, "CNY") in text
        assert "62170000" not in text

    def test_an_issued_one_names_its_number(self, story: Story) -> None:
        row = issue(story, the_invoice(story, "m1"))
        text = text_of(invoice_paper(whole(row), language="en", printed_at=AT))
        assert row.tax_number in text and "DRAFT" not in text


class TestFonts:
    def test_without_a_chinese_font_it_says_what_to_install(
        self, story: Story, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(setting, "chinese_family", lambda: None)
        with pytest.raises(FontMissing, match="fonts-noto-cjk"):
            statement_paper(story.statement("m1", JANUARY), language="zh", printed_at=AT)
