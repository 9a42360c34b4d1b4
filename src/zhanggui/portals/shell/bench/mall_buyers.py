"""Buyers at the storefront's own pages: carts over three shops, the checkout, the page of the channel, and back."""

import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from html import unescape
from typing import Any
from urllib.parse import urlsplit

import httpx

from zhanggui.portals.shell.bench.mall_ground import PASSWORD, Stalls

AGENT = "Mozilla/5.0 (Linux; Android 16) Mobile"  # a phone, which goes to the channel by a link
PATIENCE_SECONDS, PAID_WITHIN_SECONDS = 180, 300
POLL_SECONDS, RETRY_SECONDS = 0.1, 0.25
_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
_HIDDEN = re.compile(r'<input type="hidden" name="(request_key|due|held|sku|quantity)" value="([^"]*)"')
_WAY = re.compile(r'name="way" value="(wechat-\w+)"')
_LINK = re.compile(r'<a class="btn is-main is-tall" href="([^"]+)"')


class NotAnswered(RuntimeError):
    """No worker answered as it should for longer than a buyer waits."""


@dataclass
class Told:
    """What buyers saw, all of them together: purchases paid, found sold out; answers that failed; seconds by step."""

    paid: int = 0
    sold_out: int = 0
    failed: int = 0
    steps: Counter[str] = field(default_factory=Counter)
    seconds: Counter[str] = field(default_factory=Counter)
    changed: threading.Condition = field(default_factory=threading.Condition)

    def count(self, what: str) -> None:
        """One more of it; whoever waits for it hears."""
        with self.changed:
            setattr(self, what, getattr(self, what) + 1)
            self.changed.notify_all()

    def took(self, step: str, seconds: float) -> None:
        """One step took so long."""
        with self.changed:
            self.steps[step] += 1
            self.seconds[step] += seconds

    def milliseconds(self) -> dict[str, float]:
        """How long each step took on average."""
        return {step: round(1000 * self.seconds[step] / times, 1) for step, times in self.steps.items()}


class Shopper:
    """One buyer with one browser. Where a worker does not answer, the next one is asked, as behind a balancer."""

    def __init__(self, name: str, addresses: Sequence[str], told: Told) -> None:
        self._addresses, self._told = list(addresses), told
        self._browser = httpx.Client(timeout=PATIENCE_SECONDS, headers={"User-Agent": AGENT}, trust_env=False)
        self._token = ""
        self._ask("GET", "/sign-in/")
        entered = self._ask("POST", "/sign-in/", {"username": name, "password": PASSWORD})
        if entered.status_code != 302:
            raise NotAnswered(f"{name} could not log in: {entered.status_code}")
        self._ask("GET", "/cart/")

    def close(self) -> None:
        """Go home."""
        self._browser.close()

    def buy(self, skus: Sequence[int], *, wait: bool) -> None:
        """This function will put one of each into the cart, order, pay, and (`wait`) see that it is paid."""
        for sku in skus:
            self._ask("POST", "/cart/add/", {"sku": str(sku), "quantity": "1"}, step="add to cart")
        self._order("/checkout/", wait=wait)

    def buy_directly(self, sku: int, *, wait: bool) -> None:
        """This function will buy one at once, past the cart."""
        self._order(f"/checkout/?sku={sku}&quantity=1", wait=wait)

    def _order(self, address: str, *, wait: bool) -> None:
        answer = self._ask("GET", address, step="see the checkout")
        page, way = answer.text, _WAY.search(answer.text)
        if way is None:
            raise NotAnswered(f"{address} was answered with {answer.status_code} and offers no way to pay")
        form = {name: unescape(value) for name, value in _HIDDEN.findall(page)}
        placed = self._ask(
            "POST", "/checkout/", form | {"act": "place", "way": way[1]}, step="place and begin to pay"
        )
        if placed.status_code == 409:
            self._told.count("sold_out")
            return
        if placed.status_code != 302:
            raise NotAnswered(f"the order was answered with {placed.status_code}")
        here = urlsplit(placed.headers["location"]).path
        self._pay(here, way[1])
        if wait:
            self._wait_until_paid(here)
        self._told.count("paid")

    def _pay(self, here: str, way: str) -> None:
        link = _LINK.search(self._ask("GET", here, step="see the payment page").text)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while link is None:  # who asked the channel was killed before it noted the answer: asked again
            if time.monotonic() > deadline:
                raise NotAnswered(f"{here} shows no way to the channel")
            self._ask("POST", here, {"way": way})
            link = _LINK.search(self._ask("GET", here).text)
        began = time.monotonic()
        there = self._browser.post(unescape(link[1]), data={"act": "pay", "back": ""})
        there.raise_for_status()
        self._told.took("pay at the channel", time.monotonic() - began)

    def _wait_until_paid(self, here: str) -> None:
        began = time.monotonic()
        while self._ask("GET", f"{here}state/").json()["mark"] != "paid":
            if time.monotonic() - began > PAID_WITHIN_SECONDS:
                raise NotAnswered(f"{here} was paid, and nobody here knows")
            time.sleep(POLL_SECONDS)
        self._told.took("until the callback counted", time.monotonic() - began)

    def _ask(
        self, method: str, path: str, form: dict[str, str] | None = None, *, step: str = ""
    ) -> httpx.Response:
        data: Any = None if form is None else form | {"csrfmiddlewaretoken": self._token}
        deadline, began = time.monotonic() + PATIENCE_SECONDS, time.monotonic()
        while True:
            try:
                answer = self._browser.request(method, self._addresses[0] + path, data=data)
                if answer.status_code < 500:
                    break
                said = f"{method} {path} was answered with {answer.status_code}"
            except httpx.TransportError as fault:
                said = f"{method} {path}: {fault!r}"
            self._told.count("failed")
            if time.monotonic() > deadline:
                raise NotAnswered(said)
            self._addresses.append(self._addresses.pop(0))
            time.sleep(RETRY_SECONDS)
        if step:
            self._told.took(step, time.monotonic() - began)
        if token := _TOKEN.search(answer.text):
            self._token = token[1]
        return answer


def shop(
    shoppers: Sequence[Shopper], stalls: Stalls, *, purchases: int, first: int, wait: bool,
    meanwhile: Callable[[], None] = lambda: None,
) -> None:  # fmt: skip
    """This function will let all buy at the same time, `purchases` in all, one good of each shop each, and run
    `meanwhile` beside it."""
    numbers = iter(range(first, first + purchases))
    one_at_a_time = threading.Lock()

    def run(shopper: Shopper) -> None:
        while True:
            with one_at_a_time:
                number = next(numbers, None)
            if number is None:
                return
            shopper.buy([own[number * 7919 % len(own)] for own in stalls.skus], wait=wait)

    at_once(shoppers, run, meanwhile)


def at_once(
    shoppers: Sequence[Shopper], act: Callable[[Shopper], None], meanwhile: Callable[[], None] = lambda: None
) -> None:
    """This function will let every buyer act at the same time, and run `meanwhile` beside it. Raises the first thing
    that went wrong for one of them."""
    faults: list[BaseException] = []

    def run(shopper: Shopper) -> None:
        try:
            act(shopper)
        except BaseException as fault:
            faults.append(fault)

    threads = [threading.Thread(target=run, args=(one,), daemon=True) for one in shoppers]
    for thread in threads:
        thread.start()
    meanwhile()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]
