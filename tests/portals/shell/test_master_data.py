"""Parties, terms, fee types, pushed charges, double insurance, the log and the calendar as commands."""

import json
from datetime import timedelta
from pathlib import Path
from types import ModuleType

import pytest

from tests.isolation.market import NOW, Market, open_market
from tests.portals.shell.running import run_command
from zhanggui.audit.models import AuditRecord
from zhanggui.money.errors import Refusal
from zhanggui.parties.models import Party
from zhanggui.portals.shell.commands import (
    audit_log,
    fee_types,
    parties,
    periods,
    push_charges,
    shadow_differences,
    terms,
)
from zhanggui.settlement.fees.models import FeeType
from zhanggui.settlement.intake.models import Charge, ShadowDifference

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def market() -> Market:
    return open_market()


def refused(module: ModuleType, *arguments: str) -> str:
    with pytest.raises(Refusal) as failure:
        run_command(module, *arguments)
    return failure.value.code


def test_a_party_is_opened_and_gets_a_level() -> None:
    code, told, text = run_command(parties, "open", "paper", "--zh", "纸坊", "--level", "gold")
    assert (code, told["kind"], told["level"], text) == (
        0,
        "merchant",
        "gold",
        "paper: 纸坊 (merchant, level gold)",
    )
    assert run_command(parties, "level", "paper", "silver")[1]["level"] == "silver"
    assert Party.objects.get(code="paper").level_code == "silver"
    assert {one["code"] for one in run_command(parties, "list", "--kind", "merchant")[1]["parties"]} >= {
        "tea",
        "paper",
    }
    changes = AuditRecord.objects.filter(object_kind="party").values_list("action", flat=True)
    assert list(changes) == ["party.opened", "party.classified"]
    assert refused(parties, "open", "paper", "--zh", "纸坊") == "party_exists"
    assert refused(parties, "open", "paper-2") == "party_incomplete"
    assert refused(parties, "open", "pa per", "--en", "Paper") == "party_incomplete"
    assert refused(parties, "level", "nobody", "gold") == "bad_arguments"


def test_terms_change_from_a_day_on_and_keep_what_is_not_named() -> None:
    [defaults] = run_command(terms, "list")[1]["terms"]
    code, told, text = run_command(
        terms, "set", "--party", "tea", "--from", "2026-07-01", "--cycle", "week:1", "--invoice-mode", "input"
    )
    assert (code, told["cycle"], told["invoice_mode"]) == (0, "week:1", "input")
    same = ("entity", "node", "due_rule", "hold_days", "calendar", "auto_confirm_days")
    assert {name: told[name] for name in same} == {name: defaults[name] for name in same}
    assert text.startswith("market tea: from 2026-07-01 until further notice, week:1")
    run_command(terms, "set", "--party", "tea", "--from", "2026-08-01", "--due-rule", "T+1")
    own = [one for one in run_command(terms, "list", "--party", "tea")[1]["terms"] if one["party"]]
    assert [(one["cycle"], one["due_rule"], one["effective_before"]) for one in own] == [
        ("week:1", defaults["due_rule"], "2026-08-01"), ("week:1", "T+1", None),
    ]  # fmt: skip
    assert refused(terms, "set", "--from", "2026-07-01", "--cycle", "fortnight") != ""
    assert refused(terms, "set", "--party", "tea", "--from", "2026-07-15") == "overlapping_terms"
    assert refused(terms, "set", "--party", "nobody", "--from", "2026-07-15") == "bad_arguments"


def test_a_fee_type_of_ones_own_is_added_and_settles(tmp_path: Path) -> None:
    arguments = (
        "add", "late_pickup_fee", "--zh", "迟取费", "--en", "Late pick-up", "--group", "penalty", "--counter", "6001.04",
    )  # fmt: skip
    used = sorted(set(FeeType.objects.filter(group="penalty").values_list("counter_purpose", flat=True)))
    arguments = (*arguments[:-1], used[0])
    code, told, _text = run_command(fee_types, *arguments)
    assert (code, told["own"], told["sign"], told["id"]) == (0, True, -1, 10_000)
    listed = [one["code"] for one in run_command(fee_types, "list", "--group", "penalty")[1]["fee_types"]]
    assert listed[-1] == "late_pickup_fee"
    assert refused(fee_types, *arguments) == "fee_type_exists"
    for place, wrong in ((1, "Late Fee"), (1, "late_vat"), (3, " "), (7, "deposit"), (9, "1002")):
        changed = [*arguments]
        changed[place] = wrong
        assert refused(fee_types, *changed) == "fee_type_incomplete", wrong
    path = tmp_path / "one.jsonl"
    charge = {
        "charge_no": "L-1", "party": "tea", "fee": "late_pickup_fee", "currency": "CNY", "amount_minor": -300,
        "occurred_at": "2026-06-10T09:00:00+08:00",
    }  # fmt: skip
    path.write_text(json.dumps(charge))
    assert run_command(push_charges, str(path))[1]["accepted"] == 1


HEADER = "charge_no,party,fee,currency,amount_minor,occurred_at,memo\n"
ROWS = """\
C-1,tea,breach_penalty,CNY,-500,2026-06-10T09:00:00+08:00,late
C-2,kiln,breach_penalty,CNY,-700,2026-06-10T09:00:00+08:00,
C-3,nobody,breach_penalty,CNY,-700,2026-06-10T09:00:00+08:00,
"""


def test_charges_are_pushed_from_a_file_once(tmp_path: Path) -> None:
    path = tmp_path / "charges.csv"
    path.write_text(HEADER + ROWS)
    code, told, text = run_command(push_charges, str(path), "--business-line", "market")
    assert (code, told["accepted"], told["rejected"]) == (1, 2, 1)
    assert told["first_rejects"][0]["charge_no"] == "C-3" and "C-3: unknown_party" in text
    assert run_command(push_charges, str(path))[1]["accepted"] == 2
    assert Charge.objects.filter(state="accepted").count() == 2, "nothing was taken twice"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (HEADER, "holds no charge"),
        (HEADER + "C-1,tea,breach_penalty,CNY,-5.00,2026-06-10T09:00:00+08:00,\n", "row 2: amount_minor"),
        (HEADER + "C-1,tea,breach_penalty,CNY,-500,2026-06-10,\n", "no zone"),
        (HEADER + "C-1,tea,breach_penalty,CNY\n", "row 2: 4 cells"),
        (HEADER + ",tea,breach_penalty,CNY,-500,2026-06-10T09:00:00+08:00,\n", "charge_no is missing"),
        ('{"charge_no": "C-1", "tip": 1}', "row 1: party is missing"),
        ('{"charge_no": ', "row 1: no JSON"),
    ],
)
def test_a_broken_file_is_refused_by_its_row_and_nothing_is_taken_in(
    tmp_path: Path, text: str, problem: str
) -> None:
    path = tmp_path / "charges"
    path.write_text(text)
    with pytest.raises(Refusal) as failure:
        run_command(push_charges, str(path))
    assert problem in failure.value.message
    assert not Charge.objects.exists()


def test_differences_of_double_insurance_are_listed(market: Market) -> None:
    assert run_command(shadow_differences)[2] == "double insurance found no difference"
    fee = FeeType.objects.get(code="commission")
    for order_no, kind in (("S-1", "amount"), ("S-2", "missing_here")):
        ShadowDifference.objects.create(
            business_line_id=market.line.id, party_id=market.party("tea").id, order_no=order_no, line_no="1",
            fee_type_id=fee.id, kind=kind, pushed_minor=-900, computed_minor=-880, found_at=NOW,
        )  # fmt: skip
    _code, told, text = run_command(shadow_differences, "--kind", "amount", "--party", "tea")
    assert told["count"] == 1 and told["differences"][0]["pushed_minor"] == -900
    assert "S-1/1 commission: amount, pushed -9.00, computed -8.80 CNY" in text
    assert run_command(shadow_differences, "--most", "1")[2].endswith(
        "2 in all; `zhanggui export differences` writes them all"
    )
    assert refused(shadow_differences, "--most", "0") == "bad_arguments"


def test_the_log_is_listed_and_its_chain_verified() -> None:
    [record] = run_command(audit_log, "list", "--action", "terms.set")[1]["records"]
    assert record["after"]["entity"] == "ZG-CN"
    before = (NOW - timedelta(days=1)).isoformat()
    assert run_command(audit_log, "list", "--action", "terms.set", "--until", before)[1]["records"] == []
    code, told, text = run_command(audit_log, "verify")
    assert (code, told["broken"], told["records"] > 0) == (0, [], True) and "whole" in text


@pytest.mark.breaks_invariants
def test_a_changed_record_of_the_log_is_found() -> None:
    from django.db import connection

    record = AuditRecord.objects.order_by("id")[0]
    with connection.cursor() as cursor:
        cursor.execute("alter table audit_record disable trigger user")
        cursor.execute("update audit_record set actor = 'somebody' where id = %s", [record.id])
        cursor.execute("alter table audit_record enable trigger user")
    code, told, _text = run_command(audit_log, "verify")
    assert code == 1 and told["broken"][0]["id"] == record.id


def test_the_calendar_adds_up() -> None:
    _code, told, text = run_command(periods, "--year", "2026")
    assert [(one["starts_on"], one["statements"]) for one in told["periods"]] == [
        ("2026-06-01", 3), ("2026-05-01", 3),
    ]  # fmt: skip
    for one in told["periods"]:
        assert one["statements"] == one["open"] + one["confirming"] + one["confirmed"] + one["ended"]
    assert "3 to confirm" in text
    assert refused(periods, "--year", "1999") == "bad_arguments"
