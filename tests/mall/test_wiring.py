"""Rails are wired when one is first asked for, however many ask at that moment."""

from threading import Event, Thread

import pytest

from zhanggui.payments import wired


def test_who_asks_while_rails_are_being_wired_waits_for_all_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    wired.rails()
    monkeypatch.setattr(wired, "_factories", {})
    begun, go_on, found = Event(), Event(), []

    def connect() -> None:
        begun.set()
        assert go_on.wait(10)
        wired.register_rail("slow", lambda settings, secrets: None)

    wired.connect_when_asked(connect)
    first, second = (Thread(target=lambda: found.append(dict(wired.rails()))) for _ in range(2))
    first.start()
    assert begun.wait(10)
    second.start()
    second.join(0.2)  # it must not get by; that it has not proves little, what it found proves it
    go_on.set()
    for one in (first, second):
        one.join(10)
    assert [list(one) for one in found] == [["slow"], ["slow"]]
