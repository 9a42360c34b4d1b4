"""The screens and commands of reconciliation, on a day with every kind of difference."""

import base64
import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tests.portals.api.calling import Api
from tests.settlement.reconciliation.channels import MERCHANT, ZONE, ChannelStory, bill_rows
from zhanggui.approvals.models import Approval
from zhanggui.config.command_line import command_modules
from zhanggui.money.errors import Refusal
from zhanggui.parties.models import Membership, Party, User
from zhanggui.parties.operations.issue_key import issue_key
from zhanggui.portals.shell.errors import BadArguments
from zhanggui.rails.wechat_pay.bill_writing import trade_bill
from zhanggui.settlement.reconciliation.models import Bill, Difference, ReconciliationRun

pytestmark = pytest.mark.django_db


@pytest.fixture
def story(tmp_path: Path) -> ChannelStory:
    found = ChannelStory(tmp_path)
    found.orders("order merchant goods day\nA1 m1 100.00 2026-03-02\nA2 m1 50.00 2026-03-02")
    found.trade("kind own amount fee day\npay A1 99.00 0.60 2026-03-02\npay X9 7.00 0.04 2026-03-02")
    found.fund(
        "kind own amount day\npay A1 99.00 2026-03-02\nfee A1 -0.60 2026-03-02\npay X9 7.00 2026-03-02\nfee X9 -0.04 2026-03-02"
    )
    return found


@pytest.fixture
def desk(story: ChannelStory) -> Client:
    platform, _ = Party.objects.get_or_create(
        code="platform", defaults={"kind": "platform", "name": {"zh": "平台"}}
    )
    user = User.objects.create_user("boss", password="long enough 123")
    Membership.objects.create(user=user, party=platform, role="platform_admin")
    client = Client()
    client.force_login(user)
    return client


def pages() -> list[str]:
    bill, run, row = Bill.objects.first(), ReconciliationRun.objects.first(), Difference.objects.first()
    assert bill and run and row
    return [
        "bills/", f"bills/{bill.id}/", f"bills/{bill.id}/rows/", "bills/new/", "reconciliation/",
        f"reconciliation/{run.id}/", "differences/", "differences/?tab=all", f"differences/{row.id}/", "day-ends/",
    ]  # fmt: skip


def test_every_screen_opens_in_both_languages_without_inline_style(desk: Client) -> None:
    for language in ("en", "zh-hans"):
        desk.cookies["django_language"] = language
        for path in pages():
            response = desk.get(f"/platform/{path}")
            assert response.status_code == 200, (path, response.status_code)
            assert b"<style" not in response.content and b" style=" not in response.content, path


def test_the_list_of_differences_sums_like_the_run(desk: Client) -> None:
    body = desk.get("/platform/differences/?tab=all").content.decode()
    assert Difference.objects.count() == 3 and "X9" in body and "A2" in body


def test_a_difference_is_noted_and_settled_on_its_page(desk: Client) -> None:
    row = Difference.objects.get(kind="missing_here")
    page = f"/platform/differences/{row.id}/"
    assert desk.post(page, {"act": "note", "text": "the channel was asked"}).status_code == 302
    assert desk.post(page, {"act": "settle", "way": "unclaimed_receipt", "reason": ""}).status_code == 422
    assert (
        desk.post(page, {"act": "settle", "way": "unclaimed_receipt", "reason": "nobody's"}).status_code
        == 302
    )
    row.refresh_from_db()
    assert (
        row.proposed["way"] == "unclaimed_receipt"
        and "the channel was asked" in desk.get(page).content.decode()
    )


def test_a_difference_is_given_to_a_colleague_on_its_page(desk: Client) -> None:
    row = Difference.objects.get(kind="missing_here")
    page = f"/platform/differences/{row.id}/"
    assert '<option value="boss"' in desk.get(page).content.decode()
    assert desk.post(page, {"act": "assign", "to": "nobody"}).status_code == 422
    assert desk.post(page, {"act": "assign", "to": "boss"}).status_code == 302
    assert '<option value="boss" selected' in desk.get(page).content.decode()
    assert "X9" in desk.get("/platform/differences/?assigned=boss&tab=all").content.decode()
    assert "X9" not in desk.get("/platform/differences/?assigned=other&tab=all").content.decode()


def test_a_bill_is_taken_in_on_its_page_or_refused_with_words(desk: Client, story: ChannelStory) -> None:
    content = trade_bill(
        bill_rows("kind own amount day\npay A2 50.00 2026-03-03"),
        merchant=MERCHANT,
        currency="CNY",
        zone=ZONE,
    )

    def send(data: bytes) -> Any:
        file = io.BytesIO(data)
        file.name = "bill.csv"
        return desk.post(
            "/platform/bills/new/", {"account": story.wechat.id, "channel": "wechat", "file": file}
        )

    assert send(content).status_code == 302
    broken = send(content.replace(b"`50.00", b"`51.00", 1))
    assert broken.status_code == 422 and b"50.00" in broken.content


def run_command(name: str, *arguments: str) -> tuple[int, Any]:
    import argparse
    import importlib

    from zhanggui.portals.shell.output import Output

    module = importlib.import_module(command_modules()[name])
    parser = argparse.ArgumentParser()
    module.add_arguments(parser)
    told = io.StringIO()
    code = module.run(parser.parse_args(list(arguments)), Output(as_json=True, stdout=told))
    return code, json.loads(told.getvalue())


def test_a_dry_run_reads_to_the_end_and_writes_nothing(story: ChannelStory) -> None:
    before = Bill.objects.count()
    path = story.write(
        trade_bill(
            bill_rows("kind own amount day\npay A2 50.00 2026-03-03"),
            merchant=MERCHANT,
            currency="CNY",
            zone=ZONE,
        )
    )
    code, told = run_command("reconcile", str(path), "--channel", "wechat", "--dry-run")
    assert code == 0 and told["bill"]["rows"] == 1 and told["bill"]["in_minor"] == 5000
    assert Bill.objects.count() == before
    code, told = run_command("reconcile", str(path), "--channel", "wechat")
    assert told["new"] and told["runs"][0]["leg"] == "trade" and Bill.objects.count() == before + 1


def test_differences_are_listed_shown_and_settled_by_command(story: ChannelStory, desk: Client) -> None:
    _, told = run_command("differences", "list", "--state", "open")
    assert told["count"] == 3
    row = Difference.objects.get(kind="missing_there")
    _, shown = run_command("differences", "show", str(row.id))
    assert shown["sides"]["ours"]["order_no"] == "A2" and shown["ways"][0] == "receivable"
    settle = ("differences", "settle", str(row.id), "--way", "explain", "--reason", "cash")
    with pytest.raises(BadArguments, match="nobody who works at the platform"):
        run_command(*settle, "--as", "somebody")
    _, settled = run_command(*settle, "--as", "boss")
    assert settled["state"] == "explained" and settled["approval"] is None


def test_notes_assignment_and_evidence_by_command(desk: Client, story: ChannelStory, tmp_path: Path) -> None:
    number = str(Difference.objects.get(kind="missing_there").id)
    mail, out = tmp_path / "mail.txt", tmp_path / "kept.txt"
    mail.write_text("the channel says: paid in cash")
    as_boss = ("--as", "boss")
    _, noted = run_command("differences", "note", number, "asked", "--evidence", str(mail), *as_boss)
    run_command("differences", "note", number, "waits", *as_boss)
    with pytest.raises(Refusal, match="write what you found out"):
        run_command("differences", "note", number, *as_boss)
    with pytest.raises(Refusal, match="cannot be read"):
        run_command("differences", "note", number, "--evidence", str(tmp_path / "none.txt"), *as_boss)
    with pytest.raises(Refusal, match="nobody at the platform"):
        run_command("differences", "assign", number, "somebody", *as_boss)
    assert run_command("differences", "assign", number, "boss", *as_boss)[1]["assigned_to"] == "boss"
    assert run_command("differences", "list", "--assigned", "boss")[1]["count"] == 1
    assert run_command("differences", "list", "--assigned", "")[1]["count"] == 2
    _, told = run_command("differences", "show", number)
    assert [(one["text"], one["evidence"]) for one in told["notes"]] == [("asked", "mail.txt"), ("waits", "")]
    take = ("differences", "evidence", number, str(noted["note"]), "--out", str(out))
    assert run_command(*take)[1]["name"] == "mail.txt" and out.read_text() == mail.read_text()
    with pytest.raises(Refusal, match="there already"):
        run_command(*take)
    with pytest.raises(Refusal, match="no file was kept"):
        run_command("differences", "evidence", number, "999999", "--out", str(tmp_path / "x"))
    assert run_command("differences", "assign", number, "", *as_boss)[1]["assigned_to"] == ""


def test_the_same_over_the_api(desk: Client, story: ChannelStory) -> None:
    user, platform = User.objects.get(username="boss"), Party.objects.get(code="platform")
    secret = issue_key(user=user, party=platform, role="platform_admin", label="ERP", at=story.clock())[1]
    api, row = Api(secret), Difference.objects.get(kind="missing_here")
    url, mail = f"/differences/{row.id}", base64.b64encode(b"proof").decode()
    told = api.post(f"{url}/notes", {"text": "asked", "evidence_name": "mail.txt", "evidence": mail})
    assert [one["text"] for one in told["notes"]] == ["asked"] and told["theirs"] and told["proposals"]
    kept = api.get(f"{url}/notes/{told['notes'][0]['id']}/evidence")
    assert base64.b64decode(kept["content"]) == b"proof"
    assert kept["digest"] == told["notes"][0]["evidence_digest"]
    for wrong in ({}, {"text": "x", "evidence": mail}, {"text": "x", "evidence_name": "a.txt"},
                  {"text": "x", "evidence_name": "a.txt", "evidence": "***"},
                  {"evidence_name": "a.exe", "evidence": mail}):  # fmt: skip
        api.post(f"{url}/notes", wrong, 422)
    api.get(f"{url}/notes/999999/evidence", 404)
    assert api.post(f"{url}/assignee", {"assigned_to": "boss"})["assigned_to"] == "boss"
    assert [one["id"] for one in api.get("/differences", assigned_to="boss")["items"]] == [row.id]
    refused = api.post(f"{url}/assignee", {"assigned_to": "somebody"}, 422)
    assert refused["error"]["code"] == "difference_assignee_unfit"
    legs = next(one for one in told["proposals"] if one["way"] == "unclaimed_receipt")["legs"]
    assert legs and sum(one["amount_minor"] for one in legs) == 0


def test_nobody_checks_what_they_made_by_a_key_of_theirs(desk: Client, story: ChannelStory) -> None:
    user, platform = User.objects.get(username="boss"), Party.objects.get(code="platform")
    secret = issue_key(user=user, party=platform, role="platform_admin", label="ERP", at=story.clock())[1]
    row = Difference.objects.get(kind="missing_here")
    body = {"way": "unclaimed_receipt", "reason": "nobody's"}
    number = Api(secret).post(f"/differences/{row.id}/resolution", body)["approval_id"]
    request = Approval.objects.get(id=number)
    assert request.maker == "boss"
    decide = {"approve": True, "amount_minor": request.amount_minor}
    refused = Api(secret).post(f"/approvals/{number}/decision", decide, 403)
    assert refused["error"]["code"] == "maker_is_checker"


def test_pages_prove_what_they_say(desk: Client) -> None:
    desk.cookies["django_language"] = "en"
    for run in ReconciliationRun.objects.all():
        body = desk.get(f"/platform/reconciliation/{run.id}/").content.decode()
        assert "in no place or in two" not in body
    bill = Bill.objects.get(kind="trade")
    assert "2 rows agree with the foot" in desk.get(f"/platform/bills/{bill.id}/").content.decode()
