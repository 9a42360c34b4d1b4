"""zhanggui rules: documents out and in again, whole or not at all."""

import argparse
import io
import json
from pathlib import Path
from typing import Any

import pytest

from tests.settlement.fees_operations.rule_sets import document, publish, rule
from zhanggui.portals.shell.commands import rules
from zhanggui.portals.shell.errors import FileRefused
from zhanggui.portals.shell.output import Output
from zhanggui.settlement.fees.errors import RuleSetRefused, UnknownRuleSet
from zhanggui.settlement.fees.models import RuleSetVersion
from zhanggui.settlement.fees.operations.load_catalogue import load_catalogue
from zhanggui.settlement.fees.rules.errors import InvalidRuleSet

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def catalogue_loaded(db: None) -> None:
    load_catalogue()


def run(*words: str, as_json: bool = True) -> tuple[int, Any]:
    """Exit code and result of `zhanggui rules WORDS`; the result is read if it is JSON."""
    parser = argparse.ArgumentParser(allow_abbrev=False)
    parser.add_argument("--json", action="store_true")
    rules.add_arguments(parser)
    told = io.StringIO()
    code = rules.run(parser.parse_args(words), Output(as_json=as_json, stdout=told, stderr=io.StringIO()))
    return code, json.loads(told.getvalue()) if as_json else told.getvalue()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "mall.json"


def written(file: Path, *parts: dict[str, Any], **fields: Any) -> str:
    """A file with a document of these rules."""
    file.write_text(json.dumps(document(*parts, **fields)), "utf-8")
    return str(file)


class TestExport:
    def test_writes_what_import_reads_back_as_the_same_version(self, file: Path) -> None:
        version = publish(rule("a", note="照旧"), rule("b", fee="tech_service_fee", rate="0.6%"))
        code, told = run("export", "mall", str(file))
        assert (code, told["version"], told["rules"]) == (0, 1, 2)
        assert "照旧" in file.read_text("utf-8")
        assert run("import", str(file))[1]["rule_set_id"] == version.id

    def test_gives_the_document_itself_without_a_file(self) -> None:
        publish()
        assert run("export", "mall")[1]["rules"][0]["formula"]["rate"] == "5%"
        assert json.loads(run("export", "mall", as_json=False)[1])["schema"] == "zhanggui.rule-set/1"

    def test_gives_an_earlier_version_on_demand(self) -> None:
        publish(rule(rate="1%"))
        publish(rule(rate="2%"))
        assert run("export", "mall", "--version", "1")[1]["rules"][0]["formula"]["rate"] == "1%"

    def test_refuses_a_code_that_was_never_published(self, file: Path) -> None:
        with pytest.raises(UnknownRuleSet):
            run("export", "mall", str(file))
        assert not file.exists()


class TestImport:
    def test_publishes_with_the_reason_given(self, file: Path) -> None:
        code, told = run("import", written(file), "--note", "spring campaign")
        assert (code, told["version"], told["rules"], told["findings"]) == (0, 1, 1, [])
        assert RuleSetVersion.objects.get().note == "spring campaign"

    def test_tells_warnings_and_publishes_all_the_same(self, file: Path) -> None:
        shadowed = [rule("a"), rule("b", "1%", priority=-1)]
        assert [each["code"] for each in run("import", written(file, *shadowed))[1]["findings"]] == [
            "shadowed"
        ]

    def test_publishes_nothing_when_only_asked_to_check(self, file: Path) -> None:
        assert run("import", written(file), "--check-only")[0] == 0
        assert not RuleSetVersion.objects.exists()

    def test_refuses_an_unsound_set(self, file: Path) -> None:
        with pytest.raises(RuleSetRefused):
            run("import", written(file, rule(fee="no_such_fee")))

    @pytest.mark.parametrize(
        ("text", "reason"),
        [
            ("", "not a JSON document"),
            ("[]", "holds no JSON object"),
            ('{"code": "a", "code": "b"}', 'the field "code" occurs twice'),
            ('{"take_cap_ppm": NaN}', "NaN is not a number"),
        ],
    )
    def test_refuses_what_is_no_document(self, file: Path, text: str, reason: str) -> None:
        file.write_text(text, "utf-8")
        with pytest.raises(FileRefused, match=reason):
            run("import", str(file))

    def test_refuses_a_document_that_is_not_utf8(self, file: Path) -> None:
        file.write_bytes("规则".encode("gbk"))
        with pytest.raises(FileRefused, match="not UTF-8"):
            run("import", str(file))

    def test_refuses_a_decimal_fraction_as_an_amount(self, file: Path) -> None:
        with pytest.raises(InvalidRuleSet, match="not exact"):
            run("import", written(file, rule(formula={"rate": "5%", "fixed": 0.5})))


class TestCheck:
    def test_is_well_with_a_sound_set(self, file: Path) -> None:
        code, told = run("check", written(file))
        assert (code, told["errors"], told["warnings"]) == (0, 0, 0)

    def test_lists_findings_and_fails(self, file: Path) -> None:
        code, told = run("check", written(file, rule("a"), rule("b", "6%")))
        assert (code, told["errors"]) == (1, 1)
        assert told["findings"][0]["code"] == "overlap"

    def test_says_it_in_words(self, file: Path) -> None:
        code, told = run("check", written(file, rule(fee="no_such_fee")), as_json=False)
        assert code == 1
        assert 'error unknown_fee: Rule "commission": the fee catalogue has no fee "no_such_fee"' in told
        assert told.endswith("mall: 1 rules, 1 errors, 0 warnings\n")


class TestList:
    def test_shows_every_version_the_latest_first(self) -> None:
        publish(rule(rate="1%"))
        publish(rule(rate="2%"))
        assert [(row["code"], row["version"]) for row in run("list")[1]["rule_sets"]] == [
            ("mall", 2),
            ("mall", 1),
        ]
        assert run("list", as_json=False)[1].startswith(
            "mall version 2 from 2026-01-01T00:00:00+08:00, 1 rules"
        )

    def test_says_what_to_do_when_there_is_none(self) -> None:
        assert "zhanggui rules import" in run("list", as_json=False)[1]
