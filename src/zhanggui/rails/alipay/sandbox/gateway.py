"""The gateway itself: who asks for what, and what is signed on the way out."""

import base64
import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from zhanggui.rails.alipay.sandbox.books import Books
from zhanggui.rails.alipay.sandbox.pages import language, pay_page, refused_page
from zhanggui.rails.alipay.sandbox.payouts import Payouts
from zhanggui.rails.alipay.sandbox.refunds import Refunds
from zhanggui.rails.alipay.sandbox.sellers import SELLER, Application, Sellers
from zhanggui.rails.alipay.sandbox.shares import Shares
from zhanggui.rails.alipay.sandbox.trades import PRODUCTS, UNSCANNED, WAITING, Trades
from zhanggui.rails.alipay.sandbox.wire import (
    SIGNS,
    Refused,
    answer,
    cents,
    sign,
    sorted_text,
    written,
    yuan,
)
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

_FORM = "application/x-www-form-urlencoded; charset=utf-8"


class AlipaySandbox:
    """Implements `sandbox_server.gateway.Gateway`."""

    name = "alipay"
    # 4 and 10 minutes, again 10, then 1, 2, 6 and 15 hours.
    retry_seconds: tuple[int, ...] = (240, 600, 600, 3600, 7200, 21600, 54000)

    def __init__(self, house: House) -> None:
        self._house = house
        self._sellers = Sellers(house)
        self._trades = Trades(house)
        self._refunds = Refunds(self._trades, seller=SELLER)
        self._shares = Shares(self._trades, seller=SELLER)
        self._payouts = Payouts(house)
        self._books = Books(self._trades, self._payouts, seller=SELLER)
        self.routes = Router()
        for method in ("GET", "POST"):
            self.routes.add(method, "/gateway.do", self._asked)
        self.routes.add("GET", "/qr/{token}", self._scanned)
        self.routes.add("GET", "/pay/{token}", self._shown)
        self.routes.add("POST", "/pay/{token}", self._decided)
        self.routes.add("GET", "/bills/{token}", self._bill)
        self.routes.add("POST", "/sandbox/pay", self._pay)
        self.routes.add("POST", "/sandbox/withdraw", self._withdraw)
        self.routes.add("POST", "/sandbox/end_transfer", self._end_transfer)
        self.routes.add("POST", "/sandbox/transfer_fee", self._transfer_fee)
        self._calls: dict[str, Callable[[Document], Document]] = {
            "alipay.trade.query": self._trades.query,
            "alipay.trade.close": self._trades.close,
            "alipay.trade.cancel": self._cancelled,
            "alipay.trade.refund": lambda asked: self._refunds.make(asked, balance=self._books.balance()),
            "alipay.trade.fastpay.refund.query": self._refunds.query,
            "alipay.trade.royalty.relation.bind": self._shares.bind,
            "alipay.trade.royalty.relation.unbind": self._shares.unbind,
            "alipay.trade.royalty.relation.batchquery": self._shares.listed,
            "alipay.trade.order.settle": self._shares.settle,
            "alipay.trade.order.settle.query": self._shares.query,
            "alipay.trade.order.onsettle.query": self._shares.rest,
            "alipay.fund.trans.uni.transfer": lambda asked: self._payouts.make(asked, balance=self._books.balance()),
            "alipay.fund.trans.common.query": self._payouts.query,
            "alipay.data.dataservice.bill.downloadurl.query": self._books.link,
        }  # fmt: skip

    def answer(self, asked: Asked) -> Answered:
        """What the gateway says."""
        found = self.routes.find(asked)
        return found[0](found[1]) if found else text_answer("not found", 404)

    def _asked(self, asked: Asked) -> Answered:
        common = {**asked.query, **asked.form}
        method = common.get("method", "")
        try:
            app = self._sellers.check(common)
            try:
                business = json.loads(common.get("biz_content") or "{}")
            except ValueError:
                raise Refused("isv.invalid-parameter", "biz_content is no JSON", code="40002") from None
            if not isinstance(business, dict):
                raise Refused("isv.invalid-parameter", "biz_content is no JSON object", code="40002")
            if told := self._house.faults.take(FaultKind.OUTCOME, of=method):
                unknown = told.value.endswith("unknow-error")
                raise Refused(told.value, "the sandbox was told so", code="20000" if unknown else "40004")
            return self._done(app, method, business, common)
        except Refused as refused:
            if method in PRODUCTS and method != "alipay.trade.precreate":
                lang = language(asked.headers.get("accept-language", ""), "")
                return page_answer(refused_page(refused.sub, refused.said, lang))
            return answer(
                method if method in self._calls or method in PRODUCTS else "",
                {},
                code=refused.code,
                sub=refused.sub,
                said=refused.said,
            )

    def _done(self, app: Application, method: str, business: Document, common: Document) -> Answered:
        if method in PRODUCTS:
            trade = self._trades.make(app.number, method, business, common, seller=SELLER)
            if method == "alipay.trade.precreate":
                code = f"{self._house.address}/qr/{trade['token']}"
                return answer(method, {"out_trade_no": trade["number"], "qr_code": code})
            return go_to(f"{self._house.address}/pay/{trade['token']}")
        if method not in self._calls:
            raise Refused("isv.invalid-method", f"there is no method {method}", code="40002")
        if method.startswith("alipay.fund.") and not app.certified:
            raise Refused(
                "isv.insufficient-isv-permissions", "资金类接口须使用公钥证书方式签名", code="40006"
            )
        return answer(method, self._calls[method](business))

    def _cancelled(self, asked: Document) -> Document:
        said, back = self._trades.cancel(asked)
        if back:
            number = said["out_trade_no"]
            self._refunds.make(
                {"out_trade_no": number, "out_request_no": f"{number}C", "refund_amount": yuan(back)},
                balance=self._books.balance(),
            )
        return said

    def _scanned(self, asked: Asked) -> Answered:
        """Somebody scanned a code: only now its trade is there."""
        trade = self._trades.by_token(asked.parts["token"])
        if trade is None:
            return text_answer("not found", 404)
        if trade["status"] == UNSCANNED:
            self._trades.put(trade | {"status": WAITING})
        return go_to(f"{self._house.address}/pay/{trade['token']}")

    def _shown(self, asked: Asked) -> Answered:
        trade = self._trades.by_token(asked.parts["token"])
        lang = language(asked.headers.get("accept-language", ""), asked.query.get("lang", ""))
        if trade is None or trade["status"] == UNSCANNED:
            return page_answer(refused_page("TRADE_NOT_EXIST", "", lang), 404)
        return page_answer(pay_page(trade, lang))

    def _decided(self, asked: Asked) -> Answered:
        """The buyer pays or leaves; a trade that does not wait any more stays as it is."""
        trade = self._trades.by_token(asked.parts["token"])
        if trade is None:
            return text_answer("not found", 404)
        wants = asked.form.get("action", "")
        if trade["status"] == WAITING and wants in ("pay", "pay_other"):
            try:
                amount = cents(asked.form.get("amount", "")) if wants == "pay_other" else trade["total"]
            except Refused as refused:
                return page_answer(refused_page(refused.sub, refused.said, "zh"), 400)
            self._trades.pay(trade, amount=amount)
            if trade["return_url"]:
                return go_to(self._way_back(trade))
        if wants == "cancel" and trade["return_url"]:
            return go_to(trade["return_url"])
        return go_to(f"{self._house.address}/pay/{trade['token']}?lang={asked.form.get('lang', 'zh')}")

    def _pay(self, asked: Asked) -> Answered:
        """Steering: the buyer pays a trade that waits (or whose code nobody scanned yet), `off_by` cents too much."""
        trade = self._trades.get(str(asked.document.get("out_trade_no", "")))
        if trade is None or trade["status"] not in (WAITING, UNSCANNED):
            return json_answer({"message": "there is no such trade that waits"}, 404)
        self._trades.pay(trade, amount=trade["total"] + int(asked.document.get("off_by", 0)))
        return json_answer({"trade_no": trade["trade_no"], "total_amount": yuan(trade["total"])})

    def _withdraw(self, asked: Asked) -> Answered:
        """Steering: the seller takes `amount` cents to its bank account (提现)."""
        amount = int(asked.document["amount"])
        if not 0 < amount <= self._books.balance():
            return json_answer({"message": "there is not so much"}, 400)
        self._books.withdraw(amount)
        return json_answer({"balance": self._books.balance()})

    def _end_transfer(self, asked: Asked) -> Answered:
        """Steering: a transfer that was on its way, or was paid, ends in `status` (SUCCESS, FAIL, REFUND)."""
        return json_answer(
            self._payouts.end(str(asked.document["out_biz_no"]), str(asked.document["status"]))
        )

    def _transfer_fee(self, asked: Asked) -> Answered:
        """Steering: transfers cost `ppm` parts per million from now on."""
        self._house.store.put("setting", "transfer_fee", {"ppm": int(asked.document["ppm"])})
        return json_answer({"ppm": self._payouts.fee_ppm()})

    def _way_back(self, trade: Document) -> str:
        """The shop's own page, with what was paid, signed."""
        said = {
            "charset": "utf-8", "out_trade_no": trade["number"], "method": f"{trade['method']}.return",
            "total_amount": yuan(trade["total"]), "trade_no": trade["trade_no"], "auth_app_id": trade["app"],
            "version": "1.0", "app_id": trade["app"], "seller_id": SELLER, "sign_type": "RSA2",
            "timestamp": written(self._house.clock.caller_now()),
        }  # fmt: skip
        counted = {name: value for name, value in said.items() if name != "sign_type"}
        said["sign"] = sign(sorted_text(counted), self._sellers.theirs)
        joint = "&" if "?" in trade["return_url"] else "?"
        return f"{trade['return_url']}{joint}{urlencode(said)}"

    def _bill(self, asked: Asked) -> Answered:
        content = self._books.file(asked.parts["token"])
        if content is None:
            return text_answer("the link is dead", 403)
        return Answered(200, content, {"content-type": "application/zip"})

    def sealed(self, answered: Answered, asked: Asked, *, wrong: bool) -> Answered:
        """The answer with its signature over the very text of its member; pages and files bear none."""
        headers = dict(answered.headers)
        name = headers.pop(SIGNS, "")
        if not name:
            return answered
        text = answered.body.decode()
        signed = sign(text, self._sellers.stranger if wrong else self._sellers.theirs)
        certified = "app_cert_sn" in asked.query or "app_cert_sn" in asked.form
        number = f',"alipay_cert_sn":"{self._sellers.alipay_number}"' if certified else ""
        body = f'{{"{name}":{text}{number},"sign":"{signed}"}}'
        return Answered(answered.status, body.encode(), headers)

    def letter(self, callback: Document, writing: Writing) -> Letter:
        """A notice as a form. Alipay's own text leaves empty values out of what is signed; told so ("empty"), the
        sandbox sends some and counts them."""
        event = callback["event"]
        at = self._house.clock.caller_now()
        form = {**event["form"], "seller_id": SELLER, "notify_id": event["notify_id"]}
        form["notify_time"] = written(at - timedelta(days=365) if writing == Writing.STALE else at)
        if event["signing"] in ("empty", "empty_not_counted"):
            form |= {"body": "", "passback_params": ""}
        counted = {name: value for name, value in form.items() if value or event["signing"] == "empty"}
        key = self._sellers.stranger if writing == Writing.FORGED else self._sellers.theirs
        form |= {"sign_type": "RSA2", "sign": sign(sorted_text(counted), key)}
        if writing == Writing.PROBE:
            form["sign"] = base64.b64encode(b"probe" * 50).decode()
        if writing == Writing.ALTERED:
            form["total_amount"] = "0.01"
        return Letter({"content-type": _FORM}, urlencode(form).encode())

    def is_taken(self, status: int, body: bytes) -> bool:
        """Only these seven letters end the repetitions."""
        return status == 200 and body.strip() == b"success"

    def client(self) -> Mapping[str, Any]:
        """What our side is configured with."""
        return self._sellers.client()
