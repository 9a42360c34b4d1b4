"""Each table goes where it belongs, once, with all its rows; what could not is found before anything is done."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.portals.shell.citus import stand_in_for_citus
from tests.portals.shell.running import run_command
from tests.settlement.story import Story, rule
from zhanggui.money.errors import Refusal
from zhanggui.portals.shell.commands import distribute
from zhanggui.portals.shell.distributing import cluster
from zhanggui.portals.shell.distributing.catalogue import our_tables
from zhanggui.portals.shell.distributing.fitness import ForeignKey, Table, faults
from zhanggui.portals.shell.distributing.placement import (
    ANCHOR,
    REFERENCE,
    SPREAD,
    Kind,
    Placement,
    placements,
)


def billed() -> None:
    story = Story(rule("commission", "5%"))
    story.orders("""
        order merchant goods day
        A1    m1       10.00 2026-01-05
        A2    m2       20.00 2026-01-06
    """)
    story.bill()


class TestWithoutCitus:
    @pytest.mark.django_db
    def test_the_plan_names_every_table_with_its_rows(self) -> None:
        billed()
        ran = run_command(distribute, "--plan")
        rows = {one["table"]: one for one in ran.document["tables"]}
        assert (ran.code, ran.document["faults"], len(rows)) == (0, [], len(placements()))
        assert (rows[ANCHOR]["rows"], rows[ANCHOR]["kind"], rows[ANCHOR]["column"]) == (
            2,
            "spread",
            "party_id",
        )
        assert rows["ledger_entry"]["with"] == ANCHOR
        assert "settlement_staged_line" in ran.text and "spread    merchant_id" in ran.text

    @pytest.mark.django_db
    def test_nothing_is_done_and_what_to_do_is_said(self) -> None:
        with pytest.raises(Refusal, match="create extension citus") as refused:
            run_command(distribute)
        assert refused.value.code == "no_citus"


@pytest.mark.django_db
class TestOnACoordinator:
    @pytest.fixture(autouse=True)
    def _a_setting_that_this_server_knows(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(cluster, "SETTINGS", {"lock_timeout": "0"})

    def test_a_filled_database_is_distributed_once(self) -> None:
        billed()
        stand_in_for_citus()
        ran = run_command(distribute, "--shards", "8")
        done = {
            one["table"]: (one["kind"], one["column"], one["rows"]) for one in ran.document["distributed"]
        }
        assert list(done) == [*REFERENCE, *SPREAD]
        assert done[ANCHOR] == ("spread", "party_id", 2) and done["settlement_staged_line"][2] == 2
        assert f"{ANCHOR}: spread by party_id, 2 rows" in ran.text
        again = run_command(distribute).document
        assert (again["distributed"], again["stood_already"]) == ([], len(done))

    def test_a_run_goes_on_where_one_ended(self) -> None:
        stand_in_for_citus(change=f"select stand_in.create_distributed_table('{ANCHOR}', 'party_id',"
                           " colocate_with => 'none');")  # fmt: skip
        ran = run_command(distribute).document
        assert ran["stood_already"] == 1
        assert len(ran["distributed"]) == len(REFERENCE) + len(SPREAD) - 1

    @pytest.mark.parametrize(
        ("change", "code"),
        [
            ("create or replace function stand_in.citus_is_coordinator() returns bool language sql as 'select false'", "no_coordinator"),
            ("delete from stand_in.pg_dist_node where groupid = 0", "no_coordinator"),
            ("delete from stand_in.pg_dist_node where groupid > 0", "no_workers"),
            ("create table public.forgotten (id int)", "cannot_distribute"),
            ("select stand_in.create_reference_table('ledger_delta')", "placed_otherwise"),
            ("select stand_in.create_reference_table('trade_order')", "placed_otherwise"),
        ],
        ids=["worker", "coordinator unknown", "no workers", "table without place", "other kind", "should be local"],
    )  # fmt: skip
    def test_what_does_not_fit_is_refused_untouched(self, change: str, code: str) -> None:
        stand_in_for_citus(change=change)
        with pytest.raises(Refusal) as refused:
            run_command(distribute)
        assert refused.value.code == code

    @pytest.mark.breaks_invariants
    def test_rows_that_do_not_arrive_are_missed_and_stay(self) -> None:
        billed()
        stand_in_for_citus(change="create or replace function"
            " stand_in.truncate_local_data_after_distributing_table(name regclass) returns void language plpgsql as"
            " $$ begin execute format('truncate %s', name); end $$")  # fmt: skip
        with pytest.raises(Refusal, match="ledger_account had") as refused:
            run_command(distribute)
        assert refused.value.code == "rows_lost"
        rows = {one["table"]: one for one in run_command(distribute, "--plan").document["tables"]}
        assert rows["ledger_account"]["rows"] > 0 and not rows["ledger_account"]["distributed"]


class TestFitness:
    PLACES = (
        Placement("rules", Kind.REFERENCE, ""),
        Placement("lines", Kind.SPREAD, "", "party_id"),
        Placement("notes", Kind.SPREAD, "", "party_id", "lines"),
        Placement("runs", Kind.LOCAL, ""),
    )
    RULES = Table("rules", {"id": "integer"}, unique={"rules_pkey": ("id",)})
    LINES = Table("lines", {"party_id": "bigint", "id": "bigint"}, unique={"lines_pkey": ("party_id", "id")})
    NOTES = replace(LINES, name="notes")
    RUNS = Table("runs", {"id": "integer"}, identity=("id",), triggers_that_ask=("noted",))

    def said(self, *changed: Table, places: tuple[Placement, ...] = PLACES) -> list[str]:
        by_name = {one.name: one for one in (self.RULES, self.LINES, self.NOTES, self.RUNS, *changed)}
        return faults(by_name.values(), places)

    def test_what_fits_fits(self) -> None:
        inside = ForeignKey(("party_id", "id"), "lines", ("party_id", "id"))
        to_rules = ForeignKey(("id",), "rules", ("id",))
        assert self.said(replace(self.NOTES, foreign=(inside, to_rules))) == []

    @pytest.mark.parametrize(
        ("changed", "says"),
        [
            (Table("more", {}), "more has no place"),
            (replace(NOTES, types={"party_id": "integer"}), "notes.party_id is not of the type of lines.party_id"),
            (replace(NOTES, types={"id": "bigint"}), "notes has no column party_id"),
            (replace(LINES, unique={"once": ("id",)}), "lines has the unique key once without party_id"),
            (replace(LINES, policies_that_ask=("own",)), "lines has the policy own, which looks at other tables"),
            (replace(RULES, triggers_that_ask=("noted",)), "rules has the trigger noted, whose function names other tables"),
            (replace(RULES, identity=("id",)), "rules.id numbers itself and is no bigint"),
            (replace(RULES, foreign=(ForeignKey(("id",), "lines", ("id",)),)), "rules (reference) has a foreign key to lines (spread)"),
            (replace(RUNS, foreign=(ForeignKey(("id",), "rules", ("id",)),)), "runs (local) has a foreign key to rules (reference)"),
            (replace(NOTES, foreign=(ForeignKey(("id",), "lines", ("id",)),)), "notes (spread) has a foreign key to lines (spread)"),
            (replace(NOTES, foreign=(ForeignKey(("id",), "runs", ("id",)),)), "notes (spread) has a foreign key to runs (local)"),
        ],
    )  # fmt: skip
    def test_what_does_not_fit_is_said(self, changed: Table, says: str) -> None:
        assert self.said(changed) == [says]

    def test_places_are_of_tables_and_once(self) -> None:
        twice = (*self.PLACES, Placement("rules", Kind.LOCAL, ""), Placement("gone", Kind.LOCAL, ""))
        assert self.said(places=twice) == ["rules is placed twice", "gone is placed and is no table"]

    @pytest.mark.django_db
    def test_the_catalogue_tells_what_keeps_order_lines_at_home(self) -> None:
        wished = [
            replace(one, kind=Kind.SPREAD, column="merchant_id", with_table=ANCHOR)
            if one.table == "trade_order_line" else one
            for one in placements()
        ]  # fmt: skip
        found = " ".join(faults(our_tables(), wished))
        for part in ("unique key trade_order_line_pkey", "policy trade_order_line_own", "foreign key to trade_order (local)",
                     "trade_line_share (local) has a foreign key to trade_order_line (spread)"):  # fmt: skip
            assert part in found


@pytest.mark.slow
@pytest.mark.skipif(
    not os.environ.get("CITUS_URL"),
    reason="CITUS_URL names no coordinator with an empty database; none runs here",
)
def test_on_a_live_cluster_the_books_balance_before_and_after(tmp_path: Path) -> None:
    """Orders come before the tables are spread, are billed and closed after; audited both times, and replayed."""
    tutorial = Path(__file__).parents[3] / "docs" / "tutorial"
    environment = os.environ | {"DATABASE_URL": os.environ["CITUS_URL"], "ZHANGGUI_HOME": str(tmp_path)}

    def zhanggui(*arguments: str) -> str:
        command = [sys.executable, "-m", "zhanggui.config.command_line", *arguments]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{arguments}: {done.stdout}{done.stderr}"
        return done.stdout

    zhanggui("business-line", "open", str(tutorial / "line.json"))
    zhanggui("import-orders", "--format", "zhanggui", str(tutorial / "orders.jsonl"))
    assert f"{len(REFERENCE) + len(SPREAD)} tables distributed" in zhanggui("distribute")
    zhanggui("audit")
    zhanggui("bill", "--as-of", "2026-03-31")
    zhanggui("close-period", "--through", "2026-03-31")
    zhanggui("audit")
    zhanggui("replay", "--all")
    assert "0 tables distributed" in zhanggui("distribute")
