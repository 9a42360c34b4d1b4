"""The smallest gateway: counts, says what was said to it, and signs with a word."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from zhanggui.rails.sandbox_server.callbacks import Writing
from zhanggui.rails.sandbox_server.gateway import House, Letter
from zhanggui.rails.sandbox_server.keys import KeyRing, serial_of
from zhanggui.rails.sandbox_server.messages import Answered, Asked, go_to, json_answer, page_answer
from zhanggui.rails.sandbox_server.router import Router
from zhanggui.rails.sandbox_server.serving import main


class Echo:
    name = "echo"
    retry_seconds = (15, 30)

    def __init__(self, house: House) -> None:
        self._house = house
        self.keys = KeyRing(house.folder / "keys", root={"CN": "Echo Root", "O": "Echo"})
        self.serial = serial_of(self.keys.certificate("platform", {"CN": "Echo", "OU": "Trials", "C": "CN"}))
        self.routes = Router()
        self.routes.add("POST", "/count/{name}", self._count)
        self.routes.add("GET", "/page", lambda asked: page_answer("<p>你好</p>"))
        self.routes.add("POST", "/page", lambda asked: go_to(asked.form["to"]))

    def _count(self, asked: Asked) -> Answered:
        number = self._house.store.next(asked.parts["name"])
        self._house.callbacks.owe("count", asked.document.get("notify", ""), {"number": number})
        if asked.document.get("fails"):
            self._house.store.next(asked.parts["name"])
            raise ZeroDivisionError
        return json_answer(
            {"number": number, "heard": asked.target, "now": self._house.clock.now().isoformat()}
        )

    def answer(self, asked: Asked) -> Answered:
        found = self.routes.find(asked)
        return found[0](found[1]) if found else json_answer({}, 404)

    def sealed(self, answered: Answered, asked: Asked, *, wrong: bool) -> Answered:
        return replace(answered, headers={**answered.headers, "x-sealed": "wrong" if wrong else "right"})

    def letter(self, callback: dict[str, Any], writing: Writing) -> Letter:
        return Letter({"x-writing": str(writing)}, str(callback["event"]["number"]).encode())

    def is_taken(self, status: int, body: bytes) -> bool:
        return status == 204

    def client(self) -> Mapping[str, Any]:
        return {"settings": {"base_url": self._house.address, "serial": self.serial}, "secrets": {}}


if __name__ == "__main__":
    main(Echo)
