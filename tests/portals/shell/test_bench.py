"""The benchmark measures every case and leaves nothing behind."""

import json
from pathlib import Path

import psycopg
import pytest

from tests.portals.shell.conftest import Home, assert_refused
from zhanggui.config import postgres


@pytest.mark.slow
def test_it_measures_every_case_and_drops_its_database(empty: Home, tmp_path: Path) -> None:
    told = empty.json(
        "bench", "--scale", "1000", "--runs", "1", "--no-peers", "--out", tmp_path / "bench.json"
    )

    cases = {case["case"]: case for case in told["cases"]}
    assert len(cases) == 12
    unasked = [case for case in cases.values() if "unavailable" in case]
    assert [case["unavailable"] for case in unasked] == ["not asked for"] * 2
    for case in (case for case in cases.values() if case not in unasked):
        assert case["ours"] > 0 and case["theirs"] > 0 and case["target"] > 0
        assert case["ratio"] == pytest.approx(case["ours"] / case["theirs"], abs=0.01)
        assert len(case["ours_runs"]) == told["runs"] == 1
    # Five purchases over HTTP, and five more while both web workers are killed: nothing is lost or sold twice.
    mall = cases["orders of the mall over HTTP"]
    for proof in (mall["proof"], mall["killed"]):
        assert (proof["oversold"], proof["unbalanced"], proof["lost_callbacks"]) == (0, 0, 0)
    assert mall["killed"]["workers_killed"] == 2
    assert mall["killed"]["scarce_sold"] + mall["killed"]["sold_out"] == mall["buyers"]
    assert mall["killed"]["scarce_sold"] == mall["killed"]["scarce_units"]
    assert told["machine"]["postgresql"] and told["machine"]["processors"]
    assert cases["the same over 8 connections"]["deadlocks"] == 0
    sizes = [point["lines"] for point in cases["bulk billing, end to end"]["growth"]]
    assert sizes == [100, 300, 1000]
    assert "1,000</text>" in (tmp_path / "bench.svg").read_text("utf-8")
    assert json.loads((tmp_path / "bench.json").read_text("utf-8")) == told
    # What it measured is what is planned with.
    planned = empty.json("bench", "--plan", "--figures", tmp_path / "bench.json", "--orders", "3000000")
    assert planned["measured"]["lines_a_run"] == 1000 and planned["plans"][0]["machines"]["web"] >= 1
    assert planned["measured"]["bytes_per_line"] > 200
    with psycopg.connect(postgres.ensure_running(empty.path)) as connection:
        left = connection.execute("select datname from pg_database where datname like '%bench%'").fetchall()
        mine = connection.execute("select count(*) from settlement_business_line").fetchone()
    assert left == [] and mine == (0,)


@pytest.mark.slow
def test_a_long_run_survives_its_kills(empty: Home) -> None:
    told = empty.json("bench", "--long-run", "6000", "--parties", "40")

    assert (told["lines"], told["statements"], told["violations"], told["different"]) == (6000, 40, 0, 0)
    steps = told["steps"]
    assert [len(steps[step]["kills"]) for step in ("bill", "close")] == [2, 1]
    assert steps["replay, one thread"]["seconds"] > 0


def test_bad_input_is_one_line(empty: Home) -> None:
    cases = (
        ["--scale", "1"], ["--runs", "0"], ["--scale", "many"], ["--assume", "years=3"],
        ["--plan", "--assume", "years=0"], ["--plan", "--assume", "luck=1"], ["--plan", "--orders", "0"],
        ["--long-run", "10"], ["--long-run", "2000", "--parties", "3000"],
    )  # fmt: skip
    assert_refused(empty, [(["bench", *arguments], "bad_arguments") for arguments in cases])
