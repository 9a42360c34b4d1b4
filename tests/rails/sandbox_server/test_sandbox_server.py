"""A sandbox is a process with a clock, faults and callbacks; what it did survives it."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.rails.sandboxes import Receiver, Sandbox, receiving, running

MODULE = "tests.rails.sandbox_server.echo_gateway"


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with running(MODULE, tmp_path_factory.mktemp("echo")) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(process: Sandbox) -> Sandbox:
    process.steer("DELETE", "faults")
    process.steer("DELETE", "requests")
    process.set_clock("2026-10-03T10:00:00+08:00")
    return process


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as made:
        yield made


class TestAnswers:
    def test_says_what_the_gateway_says_and_notes_it(self, sandbox: Sandbox) -> None:
        answered = sandbox.http.post("/count/caf%C3%A9?b=2&a=%20", json={})
        assert answered.json()["heard"] == "/count/caf%C3%A9?b=2&a=%20"
        assert answered.headers["x-sealed"] == "right"
        [noted] = sandbox.steer("GET", "requests", path="/count/café")
        assert (noted["status"], noted["method"], noted["fault"]) == (200, "POST", "")

    def test_pages_show_and_send_on(self, sandbox: Sandbox) -> None:
        assert "你好" in sandbox.http.get("/page").text
        sent = sandbox.http.post("/page", data={"to": "http://127.0.0.1/back"})
        assert (sent.status_code, sent.headers["location"]) == (303, "http://127.0.0.1/back")

    def test_what_fails_half_way_did_nothing(self, sandbox: Sandbox) -> None:
        assert sandbox.http.post("/count/halves", json={"fails": True}).status_code == 500
        assert sandbox.http.post("/count/halves", json={}).json()["number"] == 1


class TestClock:
    def test_stands_still_steps_and_runs(self, sandbox: Sandbox) -> None:
        first = sandbox.steer("GET", "clock")
        sandbox.advance(3600)
        assert first == {"now": "2026-10-03T02:00:00+00:00", "frozen": True}
        assert sandbox.steer("GET", "clock")["now"] == "2026-10-03T03:00:00+00:00"
        sandbox.set_clock("2027-01-01T00:00:00+00:00", frozen=False)
        assert sandbox.steer("GET", "clock")["now"] >= "2027-01-01T00:00:00"

    def test_refuses_a_moment_without_a_zone(self, sandbox: Sandbox) -> None:
        answered = sandbox.http.post("/sandbox/clock", json={"now": "2026-10-03T10:00:00"})
        assert answered.status_code == 400 and "zone" in answered.json()["message"]


class TestFaults:
    def test_a_lost_answer_was_done(self, sandbox: Sandbox) -> None:
        sandbox.fault("lost", path="/count/lost")
        with pytest.raises(httpx.TransportError):
            sandbox.http.post("/count/lost", json={})
        assert sandbox.http.post("/count/lost", json={}).json()["number"] == 2

    def test_a_broken_one_was_not(self, sandbox: Sandbox) -> None:
        sandbox.fault("broken", path="/count/broken", times=2)
        assert [sandbox.http.post("/count/broken", json={}).status_code for _ in range(3)] == [500, 500, 200]
        assert sandbox.http.post("/count/broken", json={}).json()["number"] == 2

    def test_silence_lasts_until_it_is_ended(self, sandbox: Sandbox) -> None:
        sandbox.fault("silent", path="/count/silent")
        answers: list[int] = []
        asking = threading.Thread(
            target=lambda: answers.append(
                httpx.post(f"{sandbox.address}/count/silent", json={}, timeout=20, trust_env=False).json()[
                    "number"
                ]
            )
        )
        asking.start()
        latest = time.monotonic() + 20
        while sandbox.steer("GET", "held")["held"] == 0:
            assert time.monotonic() < latest
        assert sandbox.http.post("/count/silent", json={}).json()["number"] == 1
        sandbox.steer("DELETE", "held")
        asking.join(20)
        assert answers == [2]

    def test_signatures_fail_when_asked(self, sandbox: Sandbox) -> None:
        sandbox.fault("wrong_signature")
        sandbox.fault("unsigned")
        answers = [sandbox.http.post("/count/signed", json={}) for _ in range(3)]
        assert [one.headers.get("x-sealed") for one in answers] == ["wrong", None, "right"]

    def test_refuses_what_cannot_go_wrong(self, sandbox: Sandbox) -> None:
        answered = sandbox.http.post("/sandbox/faults", json={"kind": "sulking"})
        assert answered.status_code == 400 and "wrong_signature" in answered.json()["message"]
        assert sandbox.http.post("/sandbox/faults", json={"kind": "lost", "when": 3}).status_code == 400


class TestCallbacks:
    def test_goes_out_by_itself_and_again_until_taken(self, sandbox: Sandbox, receiver: Receiver) -> None:
        receiver.answers = [(500, b"no"), (200, b"not quite")]
        sandbox.http.post("/count/calls", json={"notify": f"{receiver.address}/hear"})
        assert receiver.next().path == "/hear"
        sandbox.advance(15)
        receiver.next()
        sandbox.advance(30)
        receiver.next()
        kept = _settled(sandbox)
        assert [(one["status"], one["taken"]) for one in kept["tries"]] == [
            (500, False),
            (200, False),
            (204, True),
        ]

    def test_is_given_up_after_the_last_pause(self, sandbox: Sandbox, receiver: Receiver) -> None:
        receiver.status = 500
        sandbox.http.post("/count/calls", json={"notify": receiver.address})
        for pause in (15, 30, 60):
            receiver.next()
            sandbox.advance(pause)
        assert _settled(sandbox)["state"] == "given_up"

    def test_is_forged_tried_doubled_and_late_on_demand(self, sandbox: Sandbox, receiver: Receiver) -> None:
        for kind in ("callback_forged", "callback_probe", "callback_twice"):
            sandbox.fault(kind, of="count")
        sandbox.fault("callback_late", of="count", seconds=60)
        sandbox.http.post("/count/calls", json={"notify": receiver.address})
        assert receiver.heard.empty()
        sandbox.advance(60)
        assert [receiver.next().headers["x-writing"] for _ in range(4)] == ["forged", "probe", "true", "true"]

    def test_is_delivered_on_demand_when_held(self, sandbox: Sandbox, receiver: Receiver) -> None:
        sandbox.fault("callback_never")
        sandbox.http.post("/count/calls", json={"notify": receiver.address})
        [held] = sandbox.steer("GET", "callbacks", state="held")
        [stale] = sandbox.deliver(held["id"], "stale")
        [true] = sandbox.deliver(held["id"])
        assert (stale["writing"], true["writing"], true["taken"]) == ("stale", "true", True)
        assert [receiver.next().headers["x-writing"] for _ in range(2)] == ["stale", "true"]

    def test_an_address_where_nobody_listens_is_no_fault_of_ours(self, sandbox: Sandbox) -> None:
        sandbox.http.post("/count/calls", json={"notify": "http://127.0.0.1:9/"})
        kept = _settled(sandbox)
        assert kept["tries"][0]["status"] == 0 and "ConnectError" in kept["tries"][0]["said"]


def test_what_was_done_survives_the_process(tmp_path: Path) -> None:
    with running(MODULE, tmp_path) as first:
        first.set_clock("2026-10-03T10:00:00+08:00")
        assert first.http.post("/count/kept", json={}).json()["number"] == 1
        described, pem = first.client, (tmp_path / "keys/platform_cert.pem").read_bytes()
    with running(MODULE, tmp_path) as second:
        answered = second.http.post("/count/kept", json={}).json()
        assert (answered["number"], answered["now"]) == (2, "2026-10-03T02:00:00+00:00")
        assert second.client["settings"]["serial"] == described["settings"]["serial"]
        assert (tmp_path / "keys/platform_cert.pem").read_bytes() == pem


def _settled(sandbox: Sandbox) -> dict:
    """The latest callback, once its last try is noted."""
    latest = time.monotonic() + 20
    while time.monotonic() < latest:
        kept = sandbox.steer("GET", "callbacks")[-1]
        if kept["tries"] and (kept["state"] in ("taken", "given_up") or kept["tries"][-1]["status"] == 0):
            return kept
    raise AssertionError("the callback was not tried")
