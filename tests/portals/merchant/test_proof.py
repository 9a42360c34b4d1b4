"""The proof of a statement, checked by the script of docs/examples in a Python that knows nothing of us."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tests.isolation.market import Market
from zhanggui.settlement.details.leaves import LEAF_COLUMNS
from zhanggui.settlement.details.patterns import PATTERN_COLUMNS

ROOT = Path(__file__).parents[3]
SCRIPT = ROOT / "docs" / "examples" / "verify_statement.py"
PAGE = ROOT / "docs" / "how-to" / "verify-a-statement.md"


@pytest.fixture
def proof(market: Market, shop: Client, tmp_path: Path) -> Path:
    response = shop.get(f"/merchant/statements/{market.statement('tea').id}/proof/")
    assert response.headers["Content-Disposition"].startswith("attachment")
    path = tmp_path / "one.proof.json"
    path.write_bytes(response.content)
    return path


def verified(*paths: Path) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-I", str(SCRIPT), *map(str, paths)], capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout + done.stderr


def changed(path: Path, change: Any) -> Path:
    document = json.loads(path.read_text())
    change(document)
    path.write_text(json.dumps(document))
    return path


def test_holds(market: Market, proof: Path) -> None:
    row = market.statement("tea")
    code, said = verified(proof)
    assert (code, said.strip()) == (
        0, f"{row.number}: holds, {row.net_minor} CNY (minor units), {bytes(row.hash).hex()[:16]}"
    )  # fmt: skip


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda p: p["header"].update(net_minor=p["header"]["net_minor"] + 1), "the lines come to"),
        (lambda p: p["header"].update(due_on="2030-01-01"), "give the hash"),
        (lambda p: p["lines"][0].update(rule_set_id=9), "give the hash"),
        (lambda p: p["lines"][0].update(occurred_at="2026-05-03T04:00:00.000001+00:00"), "give the hash"),
        (lambda p: p["lines"][0]["rules"].reverse(), "give the hash"),
        (lambda p: p["lines"][0].update(base_of=[0, 0, 0, 0]), "give the hash"),
        (lambda p: p["lines"].pop(), "the lines come to"),
        (lambda p: p["lines"][0].update(statement_id=1), "belongs to another statement"),
        (lambda p: p.update(previous_hash="11" * 32), "follows nothing"),
        (lambda p: p.update(schema="other/1"), "not a proof"),
    ],
)
def test_notices_any_change(proof: Path, change: Any, complaint: str) -> None:
    code, said = verified(changed(proof, change))
    assert code == 1
    assert complaint in said


def test_checks_the_chain(proof: Path, tmp_path: Path) -> None:
    document = json.loads(proof.read_text())
    document["header"]["chain_position"] += 1
    following = tmp_path / "two.json"
    following.write_text(json.dumps(document))
    assert "does not follow" in verified(proof, following)[1]


def test_an_open_statement_has_no_proof(market: Market, shop: Client) -> None:
    response = shop.get(f"/merchant/statements/{market.statement('tea', 'open').id}/proof/")
    assert response.status_code == 302


def test_the_page_and_the_script_tell_of_the_same_columns() -> None:
    named = re.findall(r'\("(\w+)", (?:int|text|moment|array)', SCRIPT.read_text())
    assert named == [name for name, _wire in PATTERN_COLUMNS + LEAF_COLUMNS]
    assert f"{len(LEAF_COLUMNS)} columns" in PAGE.read_text()
