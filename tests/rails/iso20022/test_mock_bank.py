"""Against a bank that somebody else wrote: mock-bank takes our pain.001 and answers over its real files."""

import json
import threading
import urllib.request
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from mockbank.server import Config, make_server

from tests.settlement.payouts.story import TWO, ZONE, PayoutStory
from tests.settlement.story import noon, text
from zhanggui.journeys.bank_answered import inboxes_read
from zhanggui.settlement.entities.models import OwnAccountKind
from zhanggui.settlement.entities.operations.open_own_account import open_own_account
from zhanggui.settlement.payouts.models import PayoutAnswer, PayoutAttempt

GOOD, CLOSED = "DE89370400440532013000", "NL84MOCK0000000003"


class Bank:
    """mock-bank behind its HTTP door, its messages carried to our folder as a bank's client would."""

    def __init__(self, address: str, folder: Path) -> None:
        self._address, self._folder, self._seen = address, folder, set[str]()

    def call(self, method: str, path: str, body: bytes = b"", kind: str = "application/xml") -> Any:
        request = urllib.request.Request(
            self._address + path, data=body or None, method=method, headers={"Content-Type": kind}
        )
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.read()
        except urllib.error.HTTPError as refused:
            return refused.read()

    def behaves(self, account: str, **more: Any) -> None:
        self.call("PATCH", f"/_mock/accounts/{account}", json.dumps(more).encode(), "application/json")

    def carries_out(self) -> list[bytes]:
        """Everything in `out` goes to the bank."""
        found = []
        for path in sorted((self._folder / "bank-1" / "out").iterdir()):
            self.call("POST", "/payments", path.read_bytes())
            found.append(path.read_bytes())
            path.unlink()
        return found

    def carries_in(self) -> list[str]:
        """Every message in the bank's mailbox that is new comes to `in`."""
        inbox = self._folder / "bank-1" / "in"
        inbox.mkdir(parents=True, exist_ok=True)
        kinds = []
        for message in json.loads(self.call("GET", "/_mock/mailbox")):
            number = str(message["id"])
            if number not in self._seen:
                self._seen.add(number)
                (inbox / f"{int(number):06d}.xml").write_bytes(self.call("GET", f"/_mock/mailbox/{number}"))
                kinds.append(message["type"])
        return kinds


@pytest.fixture
def bank(tmp_path: Path) -> Iterator[Bank]:
    server = make_server(Config(port=0, quiet=True, clock="2027-01-04T09:00"))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Bank(f"http://127.0.0.1:{server.server_address[1]}", tmp_path)
    server.shutdown()
    server.server_close()
    thread.join(10)


def euro_story(folder: Path, rail: str = "iso20022") -> PayoutStory:
    story = PayoutStory(folder=folder, rail=rail, currency="EUR")
    story.own.delete()
    story.own = open_own_account(
        code="bank-1", name={}, kind=OwnAccountKind.BANK, entity=story.own.entity, currency="EUR", rail=rail,
        number="NL41MOCK0000000001", holder="ACME Corporation", details={"iban": "yes", "bic": "MOCKNL2A"},
        at=story.clock(), actor="story",
    )  # fmt: skip
    story.month(TWO, "m1", "m2")
    story.receiver("m1", GOOD, iban="yes")
    story.receiver("m2", CLOSED, iban="yes")
    return story


def read(story: PayoutStory) -> list[dict[str, int]]:
    done, refused = inboxes_read(clock=story.clock, zone=ZONE, actor="clock")
    assert refused == []
    return [one.effects for one in done]


@pytest.mark.django_db
class TestPaying:
    @pytest.mark.parametrize("rail", ["iso20022", "iso20022-03"])
    def test_half_rejected_half_booked_and_each_found_again_in_every_file(
        self, bank: Bank, tmp_path: Path, rail: str
    ) -> None:
        story = euro_story(tmp_path, rail)
        bank.behaves("INITECH", closed=True)
        story.sent_batch()
        [message] = bank.carries_out()
        assert b"finding" in bank.call("POST", "/_mock/validate", message).split(b"\n")[0]
        kinds = bank.carries_in()
        assert "pain.002.001.10" in kinds
        read(story)
        assert story.payouts().splitlines()[1] == "m2 1 failed 190.00 AC04"
        bank.call("POST", "/_mock/advance?days=3")
        assert {"camt.053.001.08"} <= set(bank.carries_in() + kinds)
        read(story)
        assert story.payouts() == text("m1 1 paid 95.00 -\nm2 1 failed 190.00 AC04")
        assert set(PayoutAnswer.objects.values_list("effect", flat=True)) <= {"applied", "repeated"}

    def test_a_payment_comes_back_after_it_was_booked(self, bank: Bank, tmp_path: Path) -> None:
        story = euro_story(tmp_path)
        batch = story.approve(story.batch())
        numbers = {row.number: row for row in batch.payouts.all()}
        first = f"{min(numbers)}-1"
        bank.behaves(
            "ACME", behaviour="return-later", parameters={"days": 3, "reason": "AC01", "end_to_end_id": first}
        )
        story.send(batch)
        bank.carries_out()
        bank.call("POST", "/_mock/advance?days=1")
        bank.carries_in()
        read(story)
        assert story.station("m1") == "paid"
        bank.call("POST", "/_mock/advance?days=7")
        story.now = noon("2027-01-12") + timedelta(hours=1)
        kinds = bank.carries_in()
        assert "pacs.004.001.09" in kinds
        read(story)
        assert story.payouts().splitlines()[0] == "m1 1 returned 95.00 AC01"
        assert story.station("m1") == "failed"

    def test_the_same_message_again_is_one_payment(self, bank: Bank, tmp_path: Path) -> None:
        story = euro_story(tmp_path)
        story.sent_batch()
        [message] = bank.carries_out()
        bank.call("POST", "/payments", message)
        bank.carries_in()
        read(story)
        bank.call("POST", "/_mock/advance?days=3")
        bank.carries_in()
        read(story)
        # The bank refused the duplicate file as a whole; that names no payment of the first one.
        assert PayoutAttempt.objects.filter(state="executed").count() == 1
        assert story.payouts().splitlines()[0] == "m1 1 paid 95.00 -"
