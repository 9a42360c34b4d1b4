"""Callbacks that a gateway owes: each goes to its address until it is taken, at the gateway's own intervals."""

from datetime import datetime, timedelta
from enum import StrEnum

from zhanggui.rails.sandbox_server.clock import Clock
from zhanggui.rails.sandbox_server.faults import FaultKind, Faults
from zhanggui.rails.sandbox_server.store import Document, Store


class Writing(StrEnum):
    """How a callback is written: truly, or in a way that its reader has to refuse."""

    TRUE = "true"
    FORGED = "forged"  # signed with a stranger's key
    PROBE = "probe"  # the gateway's own trial with a signature that cannot hold
    STALE = "stale"  # rightly signed, a year ago
    ALTERED = "altered"  # rightly signed, then changed on its way


class Callbacks:
    """The callbacks of a sandbox, kept in the store."""

    def __init__(self, store: Store, clock: Clock, faults: Faults) -> None:
        self._store = store
        self._clock = clock
        self._faults = faults

    def owe(self, kind: str, address: str, event: Document, *, after_seconds: int = 0) -> str:
        """This function will note a callback of `event` to `address`, due at once or later, later still if a fault
        says so, and return its number. Without an address nothing is owed."""
        if not address:
            return ""
        number = str(self._store.next("callbacks"))
        now = self._clock.now()
        late = self._faults.take(FaultKind.CALLBACK_LATE, of=kind)
        due = now + timedelta(seconds=after_seconds + (late.seconds or 0 if late else 0))
        never = self._faults.take(FaultKind.CALLBACK_NEVER, of=kind) or not self.are_sent()
        before = [
            str(writing)
            for fault, writing in (
                (FaultKind.CALLBACK_FORGED, Writing.FORGED), (FaultKind.CALLBACK_PROBE, Writing.PROBE),
            )
            if self._faults.take(fault, of=kind)
        ]  # fmt: skip
        self._keep({
            "id": number, "kind": kind, "address": address, "event": event, "made_at": now.isoformat(),
            "state": "held" if never else "due", "due_at": due.isoformat(), "before": before,
            "twice": self._faults.take(FaultKind.CALLBACK_TWICE, of=kind) is not None, "tries": [],
        })  # fmt: skip
        return number

    def get(self, number: str) -> Document | None:
        """A callback."""
        return self._store.get("callback", number)

    def every(self, **equal: str) -> list[Document]:
        """Every callback whose values are these."""
        return self._store.every("callback", **equal)

    def forget(self) -> None:
        """Owe nothing any more."""
        self._store.drop("callback")

    def due(self) -> list[str]:
        """The numbers of those that have to go out now."""
        now = self._clock.now()
        return [one["id"] for one in self.every(state="due") if datetime.fromisoformat(one["due_at"]) <= now]

    def seconds_left(self) -> float | None:
        """How long until the next one is due; None when nothing comes by itself."""
        waits = [
            self._clock.seconds_until(datetime.fromisoformat(one["due_at"]))
            for one in self.every(state="due")
        ]
        return min((wait for wait in waits if wait is not None), default=None)

    def send_by_themselves(self, wanted: bool) -> None:
        """Whether new callbacks go out by themselves; if not, they are held until somebody has them delivered."""
        self._store.put("sandbox", "callbacks", {"sent": wanted})

    def are_sent(self) -> bool:
        """Whether new callbacks go out by themselves."""
        return bool((self._store.get("sandbox", "callbacks") or {"sent": True})["sent"])

    def note_try(self, number: str, tried: Document, *, retry_seconds: tuple[int, ...]) -> None:
        """This function will note one try, and when the next one is due, counted from when this one began; tries that
        were not true change nothing."""
        callback = self.get(number)
        if callback is None:
            return
        callback["tries"].append(tried)
        if tried["writing"] == Writing.TRUE and callback["state"] != "taken":
            spent = len([one for one in callback["tries"] if one["writing"] == Writing.TRUE])
            if tried["taken"]:
                callback["state"] = "taken"
            elif spent > len(retry_seconds):
                callback["state"] = "given_up"
            else:
                later = datetime.fromisoformat(tried["at"]) + timedelta(seconds=retry_seconds[spent - 1])
                callback |= {"state": "due", "due_at": later.isoformat()}
        self._keep(callback)

    def _keep(self, callback: Document) -> None:
        self._store.put("callback", callback["id"], callback)
