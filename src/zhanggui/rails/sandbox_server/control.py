"""The `/sandbox/` addresses: the clock, faults, callbacks and the log of requests."""

from datetime import datetime
from typing import Any

from zhanggui.rails.sandbox_server.faults import shown
from zhanggui.rails.sandbox_server.gateway import Gateway, House
from zhanggui.rails.sandbox_server.messages import Answered, Asked, json_answer
from zhanggui.rails.sandbox_server.router import Router


class Control:
    """What steers a sandbox. JSON in and out; 400 with a sentence when it cannot."""

    def __init__(self, house: House, gateway: Gateway) -> None:
        self._house = house
        self._gateway = gateway
        self.routes = Router()
        for method, path, handler in (
            ("GET", "/sandbox/", self._overview),
            ("GET", "/sandbox/clock", self._clock),
            ("POST", "/sandbox/clock", self._set_clock),
            ("GET", "/sandbox/faults", self._faults),
            ("POST", "/sandbox/faults", self._add_fault),
            ("DELETE", "/sandbox/faults", self._drop_faults),
            ("DELETE", "/sandbox/faults/{number}", self._drop_faults),
            ("GET", "/sandbox/requests", self._requests),
            ("DELETE", "/sandbox/requests", self._forget_requests),
            ("GET", "/sandbox/callbacks", self._callbacks),
            ("POST", "/sandbox/callbacks", self._set_callbacks),
            ("DELETE", "/sandbox/callbacks", self._forget_callbacks),
        ):
            self.routes.add(method, path, handler)

    def answer(self, asked: Asked) -> Answered | None:
        """The answer, or None when it is no address of these."""
        found = self.routes.find(asked)
        if found is None:
            return None
        try:
            return found[0](found[1])
        except (ValueError, TypeError) as wrong:
            return json_answer({"message": str(wrong)}, 400)

    def _overview(self, asked: Asked) -> Answered:
        del asked
        return json_answer({
            "sandbox": self._gateway.name, "address": self._house.address, "folder": str(self._house.folder),
            "clock": self._house.clock.shown(), "faults": len(self._house.faults.every()),
            "callbacks_sent": self._house.callbacks.are_sent(),
        })  # fmt: skip

    def _clock(self, asked: Asked) -> Answered:
        del asked
        return json_answer(self._house.clock.shown())

    def _set_clock(self, asked: Asked) -> Answered:
        told: dict[str, Any] = asked.document
        at = datetime.fromisoformat(told["now"]) if "now" in told else None
        self._house.clock.set(
            at, frozen=told.get("frozen"), advance_seconds=int(told.get("advance_seconds", 0))
        )
        return self._clock(asked)

    def _faults(self, asked: Asked) -> Answered:
        del asked
        return json_answer([shown(one) for one in self._house.faults.every()])

    def _add_fault(self, asked: Asked) -> Answered:
        return json_answer(shown(self._house.faults.add(asked.document)), 201)

    def _drop_faults(self, asked: Asked) -> Answered:
        self._house.faults.drop(asked.parts.get("number"))
        return self._faults(asked)

    def _requests(self, asked: Asked) -> Answered:
        begins = asked.query.get("path", "")
        found = [one for one in self._house.store.every("request") if one["path"].startswith(begins)]
        return json_answer(found)

    def _forget_requests(self, asked: Asked) -> Answered:
        del asked
        self._house.store.drop("request")
        return json_answer([])

    def _callbacks(self, asked: Asked) -> Answered:
        return json_answer(self._house.callbacks.every(**asked.query))

    def _forget_callbacks(self, asked: Asked) -> Answered:
        del asked
        self._house.callbacks.forget()
        return json_answer([])

    def _set_callbacks(self, asked: Asked) -> Answered:
        self._house.callbacks.send_by_themselves(bool(asked.document["sent"]))
        return json_answer({"sent": self._house.callbacks.are_sent()})
