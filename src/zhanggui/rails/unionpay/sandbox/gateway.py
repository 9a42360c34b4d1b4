"""The gateway itself: who asks for what, and what is signed on the way out."""

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from zhanggui.rails.sandbox_server.callbacks import Writing
from zhanggui.rails.sandbox_server.faults import FaultKind
from zhanggui.rails.sandbox_server.gateway import House, Letter
from zhanggui.rails.sandbox_server.messages import (
    Answered,
    Asked,
    go_to,
    json_answer,
    page_answer,
    text_answer,
)
from zhanggui.rails.sandbox_server.router import Router
from zhanggui.rails.sandbox_server.store import Document
from zhanggui.rails.unionpay.sandbox.batches import PayoutBatches
from zhanggui.rails.unionpay.sandbox.files import Files
from zhanggui.rails.unionpay.sandbox.merchants import MERCHANT, Merchants
from zhanggui.rails.unionpay.sandbox.orders import REPEATED, Orders, stamp_short
from zhanggui.rails.unionpay.sandbox.pages import language, pay_page, refused_page
from zhanggui.rails.unionpay.sandbox.wire import SAID, SIGNS, Refused, answer, raw, sign

_FORM = "application/x-www-form-urlencoded"


class UnionpaySandbox:
    """Implements `sandbox_server.gateway.Gateway`."""

    name = "unionpay"
    # Five times in all: 1, 2, 4 and 5 minutes between.
    retry_seconds: tuple[int, ...] = (60, 120, 240, 300)

    def __init__(self, house: House) -> None:
        self._house = house
        self._merchants = Merchants(house)
        self._orders = Orders(house)
        self._files = Files(self._orders, merchant=MERCHANT)
        self.routes = Router()
        self.routes.add("POST", "/gateway/api/frontTransReq.do", self._front)
        self.routes.add("POST", "/gateway/api/appTransReq.do", self._back({"01": self._app}))
        both = {"04": self._given_back, "31": self._given_back}
        self.routes.add("POST", "/gateway/api/backTransReq.do", self._back(both))
        self.routes.add("POST", "/gateway/api/queryTrans.do", self._back({"00": self._orders.query}))
        batches = PayoutBatches(house, self._orders)
        payouts = {"21": batches.take, "22": batches.result}
        self.routes.add("POST", "/gateway/api/batchTrans.do", self._back(payouts))
        self.routes.add("POST", "/files", self._back({"76": self._files.fetched}))
        self.routes.add("GET", "/pay/{token}", self._shown)
        self.routes.add("POST", "/pay/{token}", self._decided)
        self.routes.add("POST", "/sandbox/pay", self._pay)

    def answer(self, asked: Asked) -> Answered:
        """What the gateway says."""
        found = self.routes.find(asked)
        return found[0](found[1]) if found else text_answer("not found", 404)

    def _front(self, asked: Asked) -> Answered:
        """The buyer's browser arrives with a form of the merchant's."""
        form = asked.form
        try:
            self._merchants.check(form)
            self._merchants.check_time(form)
            if form["txnType"] != "01":
                raise Refused("32")
            order = self._orders.begin(form)
        except Refused as refused:
            lang = language(asked.headers.get("accept-language", ""), "")
            return page_answer(refused_page(refused.code, refused.said, lang))
        return go_to(f"{self._house.address}/pay/{order['token']}")

    def _back(
        self, kinds: Mapping[str, Callable[[Mapping[str, str]], Document]]
    ) -> Callable[[Asked], Answered]:
        """A handler of one of the addresses for programs, which answers these kinds of messages."""

        def handle(asked: Asked) -> Answered:
            form = asked.form
            said: Document = {}
            try:
                self._merchants.check(form)
                kind = form["txnType"]
                if kind not in kinds:
                    raise Refused("32")
                if kind not in ("00", "22"):  # a question bears the time of what it is about
                    self._merchants.check_time(form)
                if told := self._house.faults.take(FaultKind.OUTCOME, of=kind):
                    raise Refused(told.value)
                said = kinds[kind](form)
                code, words = "00", SAID["00"]
            except Refused as refused:
                code, words = refused.code, refused.said
            repeated = {name: form[name] for name in REPEATED if form.get(name)}
            return answer(repeated | said | {"respCode": code, "respMsg": words})

        return handle

    def _app(self, asked: Mapping[str, str]) -> Document:
        return {"tn": self._orders.begin(asked)["token"]}

    def _given_back(self, asked: Mapping[str, str]) -> Document:
        made = self._orders.give_back(asked)
        return {"queryId": made["query_id"], "txnAmt": str(made["amount"]), "origQryId": made["of"]}

    def _shown(self, asked: Asked) -> Answered:
        order = self._orders.by_token(asked.parts["token"])
        lang = language(asked.headers.get("accept-language", ""), asked.query.get("lang", ""))
        if order is None:
            return page_answer(refused_page("34", SAID["34"], lang), 404)
        back = self._signed(self._orders.well(order)) if order["code"] == "00" else {}
        return page_answer(pay_page(order, lang, over=self._orders.is_over(order), back=back))

    def _decided(self, asked: Asked) -> Answered:
        """The buyer pays, or tries to; an order that is paid, or too late, stays as it is."""
        order = self._orders.by_token(asked.parts["token"])
        if order is None:
            return text_answer("not found", 404)
        wants, amount = asked.form.get("action", ""), order["amount"]
        if wants == "pay_other":
            text = asked.form.get("amount", "")
            if not (text.isascii() and text.isdigit() and 0 < len(text) <= 12 and int(text)):
                return page_answer(refused_page("10", SAID["10"], "zh"), 400)
            amount = int(text)
        if (
            wants in ("pay", "pay_other", "poor")
            and order["code"] != "00"
            and not self._orders.is_over(order)
        ):
            self._orders.pay(order, amount=amount, code="64" if wants == "poor" else "00")
        return go_to(f"{self._house.address}/pay/{order['token']}?lang={asked.form.get('lang', 'zh')}")

    def _pay(self, asked: Asked) -> Answered:
        """Steering: the buyer pays an order that waits, `off_by` cents too much, or fails with `code`."""
        told = asked.document
        number = str(told.get("orderId", ""))
        found = [one for one in self._orders.every() if one["number"] == number and one["kind"] == "01"]
        if not found or found[-1]["code"] == "00" or self._orders.is_over(found[-1]):
            return json_answer({"message": "there is no such order that waits"}, 404)
        order = found[-1]
        amount = order["amount"] + int(told.get("off_by", 0))
        self._orders.pay(order, amount=amount, code=str(told.get("code", "00")))
        return json_answer({"queryId": order["query_id"], "txnAmt": order["amount"]})

    def _signed(self, fields: Mapping[str, str], *, by_stranger: bool = False) -> dict[str, str]:
        whole = {**fields, "signPubKeyCert": self._merchants.certificate}
        key = self._merchants.stranger if by_stranger else self._merchants.theirs
        return whole | {"signature": sign(whole, key)}

    def sealed(self, answered: Answered, asked: Asked, *, wrong: bool) -> Answered:
        """The answer with certificate and signature; pages bear none."""
        headers = dict(answered.headers)
        fields = headers.pop(SIGNS, "")
        if not fields:
            return answered
        signed = self._signed(json.loads(fields), by_stranger=wrong)
        return replace(answered, body=raw(signed), headers=headers)

    def letter(self, callback: Document, writing: Writing) -> Letter:
        """A notice as a form."""
        fields: dict[str, str] = dict(callback["event"])
        if writing == Writing.STALE:
            # Of the day before yesterday: what it writes has no year.
            old = self._house.clock.caller_now() - timedelta(days=2)
            fields["traceTime"] = stamp_short(old.isoformat())
        signed = self._signed(fields, by_stranger=writing == Writing.FORGED)
        if writing == Writing.PROBE:
            signed["signature"] = base64.b64encode(b"probe" * 50).decode()
        if writing == Writing.ALTERED:
            signed["txnAmt"] = "1"
        return Letter({"content-type": _FORM}, urlencode(signed).encode())

    def is_taken(self, status: int, body: bytes) -> bool:
        """UnionPay looks at the status alone."""
        del body
        return status == 200

    def client(self) -> Mapping[str, Any]:
        """What our side is configured with."""
        return self._merchants.client()
