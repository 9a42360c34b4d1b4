"""The sandbox's clock: it runs from where it was set, or stands still, and can be stepped."""

from datetime import UTC, datetime, timedelta

from zhanggui.rails.sandbox_server.store import Document, Store


class Clock:
    """Time as the gateway has it. Kept in the store, so that it survives a restart.

    A caller lives either by this clock or by the one on the wall; what is signed for it is signed by the clock that
    it used last, so that a sandbox stepped into next week can still be talked to by a mall of today.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def now(self) -> datetime:
        """The gateway's time, UTC."""
        kept = self._kept()
        if kept["frozen_at"]:
            return datetime.fromisoformat(kept["frozen_at"])
        return self._wall() + timedelta(seconds=kept["ahead_seconds"])

    def set(
        self, at: datetime | None = None, *, frozen: bool | None = None, advance_seconds: int = 0
    ) -> None:
        """Set the clock to a moment, step it, let it stand still or run (None: as it does now)."""
        if at is not None and at.tzinfo is None:
            raise ValueError("the moment has no zone, e.g. 2026-10-03T09:00:00+08:00")
        kept = self._kept()
        moment = (at or self.now()).astimezone(UTC) + timedelta(seconds=advance_seconds)
        stands = bool(kept["frozen_at"]) if frozen is None else frozen
        kept["frozen_at"] = moment.isoformat() if stands else ""
        kept["ahead_seconds"] = (moment - self._wall()).total_seconds()
        self._store.put("sandbox", "clock", kept)

    def hears(self, at: datetime, *, tolerance_seconds: int) -> bool:
        """Whether a caller's time is near enough, by this clock or the wall's; remembers which it was."""
        near = timedelta(seconds=tolerance_seconds)
        by_clock, by_wall = abs(at - self.now()) <= near, abs(at - self._wall()) <= near
        if by_clock or by_wall:
            kept = self._kept()
            if kept["caller_on_wall"] != (not by_clock):
                self._store.put("sandbox", "clock", kept | {"caller_on_wall": not by_clock})
        return by_clock or by_wall

    def caller_now(self) -> datetime:
        """The time by the clock that the caller lives by: for what is signed with a time in it."""
        return self._wall() if self._kept()["caller_on_wall"] else self.now()

    def seconds_until(self, at: datetime) -> float | None:
        """How long the wall's clock runs until it is `at` here; None when this clock stands still before it."""
        left = (at - self.now()).total_seconds()
        if left > 0 and self._kept()["frozen_at"]:
            return None
        return max(left, 0.0)

    def shown(self) -> dict[str, object]:
        """What `/sandbox/clock` says."""
        return {"now": self.now().isoformat(), "frozen": bool(self._kept()["frozen_at"])}

    def _kept(self) -> Document:
        return self._store.get("sandbox", "clock") or {
            "frozen_at": "", "ahead_seconds": 0.0, "caller_on_wall": False,
        }  # fmt: skip

    @staticmethod
    def _wall() -> datetime:
        return datetime.now(UTC)
