"""Whatever the acts refuse in English, a Chinese screen says in Chinese: what is wrong, what to do next."""

import re
import tomllib
from collections import Counter
from typing import Any

import pytest

from tests.portals.desk import wordings
from zhanggui.money.allocation import allocate
from zhanggui.money.decimals import parse_minor
from zhanggui.money.errors import Refusal
from zhanggui.money.rates import parse_rate
from zhanggui.portals.api.errors import FRAMEWORK
from zhanggui.portals.desk.refusals import _LISTS, FOLDER, HOLE, WORDS, fault_text, refusal_text, wording
from zhanggui.portals.desk.written import actor_name, reason_text
from zhanggui.settlement.entities.rules.periods import Cycle
from zhanggui.settlement.fees.rules.parser import parse_rule_set
from zhanggui.settlement.statements.errors import StatementNotConfirming

SEEN_ON_SCREENS = (
    "approvals", "files", "money/decimals", "money/rates", "money/currencies", "money/amounts", "money/allocation", "ledger",
    "settlement/adjustments", "settlement/billing", "settlement/collections", "settlement/details",
    "settlement/guarantees", "settlement/entities", "settlement/fees/queries",
    "settlement/fees/operations", "settlement/fees/rules/parser", "settlement/fees/rules/compile",
    "settlement/intake", "settlement/invoices", "settlement/monitoring", "settlement/payouts", "settlement/statements", "journeys", "portals/desk",
    "trade",
)  # fmt: skip
PLAIN_ENOUGH = (
    # the problems are for whoever changes the catalogue's file; the sentence of the code says what to do
    "Details already freeze these fee types",
    "entry of book {}, source {}, key {}/{} is off",
    "dispute {} is not open",
)
CHINESE = re.compile(r"[一-鿿]")


def bare(english: str) -> str:
    """A saying as the sources have it: without the names of the holes."""
    return HOLE.sub(lambda hole: "{!r}" if hole[2] else "{}", english)


def sayings() -> set[str]:
    return {bare(one.english) for one in wording().sayings}


class TestCompleteness:
    def test_every_kind_of_refusal_has_a_chinese_sentence(self) -> None:
        missing = {one.code: one.__qualname__ for one in wordings.refusal_classes()}
        assert {code: name for code, name in missing.items() if code not in wording().plain} == {}

    def test_every_fault_and_finding_has_one(self) -> None:
        codes = wordings.fault_codes()
        assert len(codes) > 70
        assert {code: place for code, place in codes.items() if code not in wording().plain} == {}

    def test_so_has_what_the_api_says_for_the_framework(self) -> None:
        assert {code for code, _ in FRAMEWORK.values()} <= set(wording().plain)

    def test_what_names_particulars_in_english_names_them_in_chinese(self) -> None:
        lost = [
            (place, text)
            for place, _, text in wordings.raised(SEEN_ON_SCREENS)
            if "{" in text and text not in sayings() and not text.startswith(PLAIN_ENOUGH)
        ]
        assert lost == []


class TestUpkeep:
    def test_every_english_sentence_is_still_said_somewhere(self) -> None:
        assert sorted(sayings() - wordings.texts_of_sources()) == []

    def test_every_code_still_exists(self) -> None:
        used = {one.code for one in wordings.refusal_classes()} | set(wordings.fault_codes())
        assert (
            set(wording().plain) - used - {code for code, _ in FRAMEWORK.values()} - {"invalid_request"}
            == set()
        )

    def test_a_code_is_worded_once(self) -> None:
        files = [tomllib.loads(path.read_text()) for path in FOLDER.glob("*.toml") if path.name != WORDS]
        assert [
            code for code, count in Counter(code for one in files for code in one).items() if count > 1
        ] == []

    def test_chinese_fills_only_holes_that_the_english_has(self) -> None:
        for one in wording().sayings:
            assert {hole[1] for hole in HOLE.finditer(one.chinese)} <= {
                hole[1] for hole in HOLE.finditer(one.english)
            }, one.english
            for hole in HOLE.finditer(one.chinese):
                kind = (hole[2] or "").removeprefix("|")
                assert kind in {"", "say", *_LISTS, *wording().words}, one.chinese

    def test_sentences_of_codes_have_no_holes_and_end(self) -> None:
        for code, text in wording().plain.items():
            assert CHINESE.search(text) and "{" not in text and text.endswith("。"), code


def raised(act: Any) -> Refusal:
    with pytest.raises(Refusal) as caught:
        act()
    return caught.value


RULE_SET: dict[str, Any] = {
    "schema": "zhanggui.rule-set/1", "code": "demo", "currency": "CNY", "effective_from": "2026-01-01",
}  # fmt: skip


class TestSaying:
    @pytest.mark.parametrize(
        ("act", "chinese"),
        [
            (lambda: parse_minor("", "CNY"), "金额是空的。请填写数字，例如 12.34。"),
            (lambda: parse_minor("abc", "CNY"), "“abc”不是一个数。请写成 1234.56 的样子。"),
            (
                lambda: parse_minor("1.234", "CNY"),
                "1.234 的小数位数超过了 CNY 的 2 位。请更正金额，或写明舍入方式。",
            ),
            (lambda: parse_minor("1", "ABC"), "不认识币种“ABC”。请用三位 ISO 4217 代码，例如 CNY。"),
            (lambda: parse_rate("5"), "费率“5”没有单位。请写成 5%、0.6%、6‰ 或 6000ppm。"),
            (lambda: parse_rate("x%"), "费率“x%”读不懂。“x”不是一个数。请写成 1234.56 的样子。"),
            (lambda: allocate(5, []), "5 个最小货币单位没有人可分。请至少写明一份。"),
            (
                lambda: parse_rule_set(
                    {**RULE_SET, "rules": [{"code": "a", "payer": "merchant", "receiver": 5}]}
                ),
                "规则“a”的 receiver 字段：应是非空文本，现在是“5”。",
            ),
            (
                lambda: parse_rule_set({**RULE_SET, "take_cap_ppm": 0.5}),
                (
                    "规则集的 take_cap_ppm 字段：应是整数（最小货币单位），"
                    "现在是小数 0.5（不精确；请写整数或文本）。"
                ),
            ),
        ],
    )
    def test_particulars_are_carried_over(self, act: Any, chinese: str) -> None:
        assert refusal_text(raised(act), "zh-hans") == chinese

    def test_words_inside_are_translated(self) -> None:
        refused = StatementNotConfirming(
            "statement ST1 is confirmed; only a closed statement that waits for confirmation can be confirmed"
        )
        assert refusal_text(refused, "zh-hans") == (
            "结算单 ST1 是“已确认”，只有已截止、待确认的结算单才能确认。"
        )

    def test_sentences_inside_sentences(self) -> None:
        said = fault_text(
            "time_refused", "Row 7 has soon in paid_at, which must be a text or a timestamp.", "zh-hans"
        )
        assert said == "第 7 行的 paid_at 是 soon，须为文本或时间戳。"

    def test_findings(self) -> None:
        message = (
            'Fee "commission" has no rule for category tea, channel app; '
            "add a rule, or a free entry with the reason."
        )
        assert fault_text("uncovered", message, "zh-hans") == (
            "费用“commission”对类目 tea、渠道 app没有规则。请加一条规则，或加免收条目并写明理由。"
        )

    def test_what_fits_nothing_gets_the_sentence_of_its_code(self) -> None:
        assert fault_text("unknown_merchant", "who knows", "zh-hans").startswith("没有这个商家")

    def test_english_stays_english(self) -> None:
        refused = raised(lambda: Cycle.parse("x"))
        assert refusal_text(refused, "en") == refused.message
        assert CHINESE.search(refusal_text(refused, "zh-hans"))

    def test_the_active_language_counts(self) -> None:
        from django.utils import translation

        refused = raised(lambda: Cycle.parse("x"))
        with translation.override("zh-hans"):
            assert CHINESE.search(refusal_text(refused))
        with translation.override("en"):
            assert refusal_text(refused) == refused.message


class TestWrittenBySystem:
    """Actors and reasons that the code itself writes into records."""

    def test_every_actor_and_reason_has_a_chinese_word(self) -> None:
        found = dict(wordings.written_by_system())
        assert {text: place for text, place in found.items() if actor_name(text) == reason_text(text)} == {}

    def test_people_stay_who_they_are(self) -> None:
        assert actor_name("王会计") == "王会计" and reason_text("rate is wrong") == "rate is wrong"
        assert actor_name("zhanggui bill") == "命令行 bill"
