"""A merchant's own check over the API and by command: the same act as on its screen, for its own rows alone."""

import base64
from pathlib import Path
from typing import Any

import pytest

from tests.portals.api.calling import Api
from tests.portals.platform.test_reconciliation import run_command
from tests.portals.shell.running import run_command as printed
from tests.settlement.reconciliation.channels import ChannelStory
from zhanggui.audit.models import AuditRecord
from zhanggui.parties.models import Membership, Party, User
from zhanggui.parties.operations.issue_key import issue_key
from zhanggui.portals.shell.commands import own_checks
from zhanggui.portals.shell.errors import BadArguments, FileRefused
from zhanggui.settlement.reconciliation.errors import CheckFileRefused
from zhanggui.settlement.reconciliation.models import OwnCheck

pytestmark = pytest.mark.django_db
ROWS = "我的单号,应得\nA1,95.00\nA2,47.00\nA9,3.00\n"
COLUMNS = {"order": "我的单号", "amount": "应得"}


@pytest.fixture
def story(tmp_path: Path) -> ChannelStory:
    found = ChannelStory(tmp_path)
    found.orders(
        "order merchant goods day\nA1 m1 100.00 2026-03-02\nA2 m1 50.00 2026-03-02\nA3 m1 10.00 2026-03-02\nB1 m2 70.00 2026-03-02"
    )
    found.bill()
    return found


def person(party: str, role: str) -> User:
    user = User.objects.create_user(f"{party}-{role}", password="long enough 123")
    Membership.objects.create(user=user, party=Party.objects.get(code=party), role=role)
    return user


def api(story: ChannelStory, party: str, role: str = "merchant_owner") -> Api:
    user, whose = person(party, role), Party.objects.get(code=party)
    return Api(issue_key(user=user, party=whose, role=role, label="tests", at=story.clock())[1])


def sent(content: bytes = ROWS.encode(), **more: Any) -> dict[str, Any]:
    return {"name": "own.csv", "content": base64.b64encode(content).decode()} | COLUMNS | more


def test_a_file_is_checked_over_the_api(story: ChannelStory) -> None:
    m1, number = api(story, "m1"), story.statement("m1", "2026-03-01").number
    made = m1.post("/own-checks", sent(statement=number), 201, key="once")
    assert m1.post("/own-checks", sent(statement=number), 201, key="once") == made
    assert OwnCheck.objects.count() == AuditRecord.objects.filter(action="own_file.checked").count() == 1
    assert (made["statement"], made["first"], made["last"]) == (number, "2026-03-01", "2026-03-31")
    not_asked = dict.fromkeys(("your_refunds", "our_refunds", "your_fees", "our_fees"), 0)
    assert made["totals"]["amount"] == {"orders": 1, "yours": 4700, "ours": 4750} | not_asked
    assert sum(part["ours"] for part in made["totals"].values()) == 15200
    assert m1.get(f"/own-checks/{made['id']}") == made and m1.get("/own-checks")["items"] == [made]
    rows = m1.get(f"/own-checks/{made['id']}/rows", limit=3)
    assert [(row["order_no"], row["outcome"]) for row in rows["items"]] == [
        ("A1", "matched"), ("A2", "amount"), ("A3", "only_ours"),
    ]  # fmt: skip
    rest = m1.get(f"/own-checks/{made['id']}/rows", cursor=rows["next_cursor"])["items"]
    assert [(row["order_no"], row["their_minor"], row["our_minor"]) for row in rest] == [("A9", 300, 0)]
    only = m1.get(f"/own-checks/{made['id']}/rows", outcome="amount")["items"]
    assert [row["order_no"] for row in only] == ["A2"]
    days = m1.post("/own-checks", sent(first="2026-03-01", last="2026-03-31"), 201)
    assert days["statement"] is None and days["totals"] == made["totals"]


def test_the_api_refuses_what_is_no_file_of_ones_own(story: ChannelStory) -> None:
    m1, number = api(story, "m1"), story.statement("m1", "2026-03-01").number
    m2, other = api(story, "m2"), story.statement("m2", "2026-03-01").number
    made = m1.post("/own-checks", sent(statement=number), 201)
    assert m2.get("/own-checks")["items"] == []
    m2.get(f"/own-checks/{made['id']}", 404)
    m2.get(f"/own-checks/{made['id']}/rows", 404)
    m1.post("/own-checks", sent(statement=other), 404)
    for body in (sent(), sent(statement=number) | {"content": "not base64!"}, sent(b"", statement=number) | {"content": "AA=="},
                 sent("别的,应得\nA1,1\n".encode(), statement=number), sent(first="2026-03-02", last="2026-03-01"),
                 sent(statement=number) | {"name": "own.exe"}):  # fmt: skip
        m1.post("/own-checks", body, 422)
    assert OwnCheck.objects.count() == 1
    api(story, "m1", "merchant_viewer").post("/own-checks", sent(statement=number), 403)
    platform, _ = Party.objects.get_or_create(
        code="platform", defaults={"kind": "platform", "name": {"zh": "平台"}}
    )
    assert platform.kind == "platform"
    boss = api(story, "platform", "platform_admin")
    boss.get("/own-checks", 403)
    boss.post("/own-checks", sent(statement=number), 403)


def test_a_file_is_checked_by_command(story: ChannelStory, tmp_path: Path) -> None:
    owner, number = person("m1", "merchant_owner").username, story.statement("m1", "2026-03-01").number
    other, viewer = person("m2", "merchant_owner").username, person("m1", "merchant_viewer").username
    file = tmp_path / "own.csv"
    file.write_text(ROWS, encoding="utf-8")
    line = ["own-checks", "check", str(file), "--party", "m1", "--order", "我的单号", "--amount", "应得"]
    _, told = run_command(*line, "--statement", number, "--as", owner)
    assert told["totals"]["matched"]["orders"] == 1 and told["source"] == "own.csv"
    _, shown = run_command("own-checks", "show", str(told["id"]), "--party", "m1", "--outcome", "only_ours")
    assert [(row["order_no"], row["our_minor"]) for row in shown["rows"]] == [("A3", 950)]
    _, listed = run_command("own-checks", "list", "--party", "m1")
    assert [one["id"] for one in listed["checks"]] == [told["id"]]
    assert run_command("own-checks", "list", "--party", "m2")[1] == {"checks": []}
    for wrong in (["--as", other], ["--as", viewer], ["--as", "nobody"]):
        with pytest.raises(BadArguments):
            run_command(*line, "--statement", number, *wrong)
    with pytest.raises(BadArguments):
        run_command(*line, "--statement", "ST-none", "--as", owner)
    with pytest.raises(CheckFileRefused, match="choose a statement"):
        run_command(*line, "--as", owner)
    with pytest.raises(FileRefused):
        run_command("own-checks", "check", str(tmp_path / "none.csv"), "--party", "m1", "--as", owner)
    with pytest.raises(BadArguments):
        run_command("own-checks", "show", str(told["id"]), "--party", "m2")
    assert OwnCheck.objects.count() == 1


PARTS = {"refund": "退款", "fee": "手续费"}


def test_refunds_and_fees_are_compared_over_the_api_and_by_command(
    story: ChannelStory, tmp_path: Path
) -> None:
    story.refunds("refund order goods day\nR1 A2 50.00 2026-03-05")
    story.bill()
    m1, number = api(story, "m1"), story.statement("m1", "2026-03-01").number
    rows = "我的单号,应得,退款,手续费\nA1,95.00,0,5.00\nA2,0.00,47.00,2.50\nA3,9.50,,0.40\n"
    made = m1.post("/own-checks", sent(rows.encode(), statement=number) | PARTS, 201)
    assert (made["mapping"]["refund"], made["mapping"]["fee"]) == ("退款", "手续费")
    found = {row["order_no"]: row for row in m1.get(f"/own-checks/{made['id']}/rows")["items"]}
    assert {order: row["outcome"] for order, row in found.items()} == {
        "A1": "matched",
        "A2": "refund",
        "A3": "fee",
    }
    assert (found["A2"]["their_refund_minor"], found["A2"]["our_refund_minor"]) == (4700, 4750)
    assert (found["A3"]["their_fee_minor"], found["A3"]["our_fee_minor"]) == (40, 50)
    assert made["totals"]["refund"]["our_refunds"] == 4750
    plain = m1.post("/own-checks", sent(rows.encode(), statement=number), 201)
    [first, *_rest] = m1.get(f"/own-checks/{plain['id']}/rows")["items"]
    assert first["our_fee_minor"] is None and plain["totals"]["matched"]["orders"] == 3
    refused = m1.post("/own-checks", sent(rows.encode(), statement=number) | {"fee": "税"}, 422)["error"]
    assert refused["code"] == "check_file_refused" and "税" in refused["message"]
    file = tmp_path / "own.csv"
    file.write_text(rows)
    _, told = run_command(
        "own-checks", "check", str(file), "--party", "m1", "--as", "m1-merchant_owner", "--statement", number,
        "--order", "我的单号", "--amount", "应得", "--refund", "退款", "--fee", "手续费",
    )  # fmt: skip
    ran = printed(own_checks, "show", str(told["id"]), "--party", "m1", "--outcome", "refund")
    [row] = ran.document["rows"]
    assert row["order_no"] == "A2" and "refunds 47.00 / 47.50; fees 2.50 / 2.50" in ran.text
