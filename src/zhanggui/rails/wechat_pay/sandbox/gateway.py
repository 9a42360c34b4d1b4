"""The gateway: who may ask, what is answered and signed, callbacks, and the pages for people."""

import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from zhanggui.rails.sandbox_server.callbacks import Writing
from zhanggui.rails.sandbox_server.gateway import House, Letter, Tls
from zhanggui.rails.sandbox_server.keys import KeyRing, serial_of
from zhanggui.rails.sandbox_server.messages import Answered, Asked, go_to, json_answer, page_answer
from zhanggui.rails.sandbox_server.router import Router
from zhanggui.rails.sandbox_server.store import Document
from zhanggui.rails.wechat_pay.sandbox.bills import Bills
from zhanggui.rails.wechat_pay.sandbox.books import APPID, MERCHANT, SUB_MERCHANTS, Books
from zhanggui.rails.wechat_pay.sandbox.doors import door, is_of
from zhanggui.rails.wechat_pay.sandbox.orders import Orders
from zhanggui.rails.wechat_pay.sandbox.pages import payment_page, result_page, transfer_page
from zhanggui.rails.wechat_pay.sandbox.red_packets import RedPackets
from zhanggui.rails.wechat_pay.sandbox.refunds import Refunds
from zhanggui.rails.wechat_pay.sandbox.refusals import Refused, bad, cents
from zhanggui.rails.wechat_pay.sandbox.splits import Splits
from zhanggui.rails.wechat_pay.sandbox.subsidies import Subsidies
from zhanggui.rails.wechat_pay.sandbox.transfers import Transfers
from zhanggui.rails.wechat_pay.signing import SCHEME, holds, sealed, sign, signed_text
from zhanggui.rails.wechat_pay.values import written

CALLER_WINDOW_SECONDS = 300
PROBE = "WECHATPAY/SIGNTEST/"


class WechatGateway:
    """The sandbox of WeChat Pay. Its one direct merchant is MERCHANT; SUB_MERCHANTS can be paid in combined orders,
    and be receivers of shares."""

    name = "wechat_pay"
    # 15s/15s/30s/3m/10m/20m/30m/30m/30m/60m/3h/3h/3h/6h/6h
    retry_seconds: tuple[int, ...] = (
        15, 15, 30, 180, 600, 1200, 1800, 1800, 1800, 3600, 10800, 10800, 10800, 21600, 21600,
    )  # fmt: skip

    def __init__(self, house: House) -> None:
        self._house = house
        self._books = Books(house)
        self._keys = KeyRing(
            house.folder / "keys", root={"C": "CN", "O": "Tenpay.com", "CN": "Sandbox Root CA"}
        )
        self._platform = self._keys.certificate(
            "platform", {"C": "CN", "O": "Tenpay.com", "CN": "Tenpay.com sign"}
        )
        merchant = self._keys.certificate("merchant", {"O": "掌柜", "CN": MERCHANT})
        self._serial = serial_of(merchant)
        self._merchant_key = self._keys.key("merchant").public_key()
        self._signers = {"certificate": self._keys.key("platform"), "public_key": self._keys.key("wechatpay")}
        self._stranger = self._keys.key("stranger")
        kept = house.store.get("sandbox", "secrets") or {
            "api_v3_key": secrets.token_hex(16), "public_key_id": f"PUB_KEY_ID_0{secrets.randbits(60):020d}",
        }  # fmt: skip
        kept.setdefault("api_key", secrets.token_hex(16))
        with house.store.change():
            house.store.put("sandbox", "secrets", kept)
        self._api_key = kept["api_key"]
        self._api_v3_key, self._public_key_id = kept["api_v3_key"], kept["public_key_id"]
        self.routes = Router()
        self._orders = Orders(self._books, self.routes)
        self._refunds = Refunds(self._books, self.routes, opens=tuple(self._signers.values()))
        Bills(self._books, self.routes)
        self._splits = Splits(self._books, self.routes)
        self._transfers = Transfers(self._books, self.routes)
        Subsidies(self._books, self.routes)
        self._packets = RedPackets(
            self._books, api_key=self._api_key, is_merchant=lambda shown: is_of(shown, merchant)
        )
        self.routes.add("GET", "/v3/certificates", self._certificates)
        self.pages = Router()
        for method, path, handler in (
            ("GET", "/pay/{token}", self._show_payment),
            ("POST", "/pay/{token}", self._pay_on_page),
            ("GET", "/transfer/{token}", self._show_transfer),
            ("POST", "/transfer/{token}", self._take_on_page),
            ("POST", "/sandbox/pay", self._pay),
            ("POST", "/sandbox/confirm", self._confirm),
            ("POST", "/sandbox/open_packet", self._open_packet),
            ("POST", "/sandbox/top_up", self._top_up),
            ("POST", "/sandbox/withdraw", self._withdraw),
            ("GET", "/sandbox/balances", self._balances),
        ):
            self.pages.add(method, path, handler)

    def answer(self, asked: Asked) -> Answered:
        """Do what is due by now, then what is asked."""
        self._settle()
        try:
            page = self.pages.find(asked)
            page = page or self._packets.routes.find(asked)
            if page is not None:
                return page[0](page[1])
            self._authenticate(asked)
            found = self.routes.find(asked)
            if found is None:
                raise Refused(404, "NOT_FOUND", "请求的资源不存在")
            return found[0](found[1])
        except Refused as refused:
            return json_answer({"code": refused.code, "message": refused.message}, refused.status)
        except ValueError as broken:
            return json_answer({"code": "PARAM_ERROR", "message": str(broken)}, 400)

    def sealed(self, answered: Answered, asked: Asked, *, wrong: bool) -> Answered:
        """Sign what is answered to whoever we know; files and pages bear no signature."""
        if asked.path.startswith("/mmpaymkttransfers/") and answered.body.startswith(b"<xml>"):
            return replace(answered, body=self._packets.signed(answered, asked, wrong=wrong))
        if (
            not asked.path.startswith("/v3/")
            or answered.status == 401
            or asked.path.startswith("/v3/billdownload")
        ):
            return answered
        mode = (
            "public_key"
            if asked.headers.get("wechatpay-serial", "").startswith("PUB_KEY_ID_")
            else "certificate"
        )
        headers = self._signed(answered.body, mode, wrong=wrong)
        return replace(answered, headers={**answered.headers, **headers, "request-id": secrets.token_hex(16)})

    def letter(self, callback: Document, writing: Writing) -> Letter:
        """A callback: its resource hidden by the APIv3 key, the whole signed."""
        self._settle()
        event = dict(callback["event"])
        if "refund" in event:
            event["event_type"], event["summary"], event["resource"] = self._refunds.resource(
                event.pop("refund")
            )
        nonce = secrets.token_hex(6)
        resource = json.dumps(event["resource"], ensure_ascii=False).encode()
        body = json.dumps({
            "id": event["id"], "create_time": event["created"], "resource_type": "encrypt-resource",
            "event_type": event["event_type"], "summary": event["summary"], "resource": {
                "original_type": event["original_type"], "algorithm": "AEAD_AES_256_GCM",
                "ciphertext": sealed(self._api_v3_key, resource, nonce=nonce, associated_data=event["original_type"]),
                "associated_data": event["original_type"], "nonce": nonce,
            },
        }, ensure_ascii=False).encode()  # fmt: skip
        mode = (self._house.store.get("sandbox", "signer") or {"mode": "public_key"})["mode"]
        at = self._house.clock.caller_now() - timedelta(days=365 if writing is Writing.STALE else 0)
        headers = self._signed(body, mode, at=at, stranger=writing is Writing.FORGED)
        if writing is Writing.PROBE:
            headers["Wechatpay-Signature"] = PROBE + headers["Wechatpay-Signature"][len(PROBE) :]
        if writing is Writing.ALTERED:
            body = body.replace(event["id"].encode(), event["id"][::-1].encode(), 1)
        return Letter({"content-type": "application/json"} | headers, body)

    def is_taken(self, status: int, body: bytes) -> bool:
        """200 or 204; the body says nothing more."""
        del body
        return status in (200, 204)

    def client(self) -> Mapping[str, Any]:
        """Settings and secrets of the merchant, for `rails.wechat_pay.making.make_channel`."""
        return {
            "rail": "wechat_pay",
            "settings": {
                "base_url": self._house.address, "mchid": MERCHANT, "appid": APPID, "serial_no": self._serial,
                "public_key_id": self._public_key_id, "public_key": self._keys.text("wechatpay_public.pem"),
                "red_packet_base_url": self._house.secure_address,
                "red_packet_root": self._keys.text("root_cert.pem"),
            },
            "secrets": {
                "private_key": self._keys.text("merchant_key.pem"), "api_v3_key": self._api_v3_key,
                "api_key": self._api_key, "merchant_certificate": self._keys.text("merchant_cert.pem"),
            },
            "sub_merchants": list(SUB_MERCHANTS),
        }  # fmt: skip

    def tls(self) -> Tls:
        """The door for callers who have to show a certificate."""
        return door(self._keys, self._house.secure_address)

    def _authenticate(self, asked: Asked) -> None:
        refused = Refused(401, "SIGN_ERROR", "错误的签名，导致验签失败")
        scheme, _, rest = asked.headers.get("authorization", "").partition(" ")
        given = dict(re.findall(r'(\w+)="([^"]*)"', rest))
        if scheme != SCHEME or given.get("mchid") != MERCHANT or given.get("serial_no") != self._serial:
            raise refused
        stamp = given.get("timestamp", "")
        if not stamp.isdigit() or len(stamp) > 10:
            raise refused
        at = datetime.fromtimestamp(int(stamp), UTC)
        if not self._house.clock.hears(at, tolerance_seconds=CALLER_WINDOW_SECONDS):
            raise refused
        body = asked.body.decode("utf-8", "replace")
        text = signed_text(asked.method, asked.target, stamp, given.get("nonce_str", ""), body)
        if not holds(self._merchant_key, text, given.get("signature", "")):
            raise refused
        public = asked.headers.get("wechatpay-serial", "").startswith("PUB_KEY_ID_")
        self._house.store.put("sandbox", "signer", {"mode": "public_key" if public else "certificate"})

    def _signed(
        self,
        body: bytes,
        mode: str,
        *,
        wrong: bool = False,
        at: datetime | None = None,
        stranger: bool = False,
    ) -> dict[str, str]:
        nonce = secrets.token_hex(16)
        stamp = str(int((at or self._house.clock.caller_now()).timestamp()))
        text = signed_text(stamp, nonce, body.decode() + ("?" if wrong else ""))
        key = self._stranger if stranger else self._signers[mode]
        return {
            "Wechatpay-Timestamp": stamp, "Wechatpay-Nonce": nonce, "Wechatpay-Signature": sign(key, text),
            "Wechatpay-Serial": self._public_key_id if mode == "public_key" else serial_of(self._platform),
            "Wechatpay-Signature-Type": SCHEME,
        }  # fmt: skip

    def _settle(self) -> None:
        """What the gateway does by itself, in the order in which it is due."""
        acts = {
            "expire": self._orders.expire, "end_window": self._orders.end_window,
            "finish_refund": self._refunds.finish, "finish_split": self._splits.finish,
            "finish_return": self._splits.finish_return,
            "expire_transfer": self._transfers.expire,
            "expire_packet": self._packets.expire, "packet_back": self._packets.come_back,
        }  # fmt: skip
        while (due := self._books.due()) is not None:
            with self._books.acting_at(datetime.fromisoformat(due["at"])):
                acts[due["what"]](due["key"])

    def _certificates(self, asked: Asked) -> Answered:
        del asked
        nonce, pem = secrets.token_hex(6), self._keys.text("platform_cert.pem").encode()
        return json_answer({"data": [{
            "serial_no": serial_of(self._platform),
            "effective_time": written(self._platform.not_valid_before_utc),
            "expire_time": written(self._platform.not_valid_after_utc),
            "encrypt_certificate": {
                "algorithm": "AEAD_AES_256_GCM", "nonce": nonce, "associated_data": "certificate",
                "ciphertext": sealed(self._api_v3_key, pem, nonce=nonce, associated_data="certificate"),
            },
        }]})  # fmt: skip

    def _show_payment(self, asked: Asked) -> Answered:
        orders, _ = self._orders.wanted(asked.parts["token"])
        back = _back(asked.query.get("redirect_url", ""))
        if orders[0]["state"] != "NOTPAY":
            said = "已支付 Paid" if orders[0]["transaction_id"] else "已关闭 Closed"
            return page_answer(result_page(orders, said=said, back=back))
        return page_answer(payment_page(orders, action=f"/pay/{asked.parts['token']}", back=back))

    def _pay_on_page(self, asked: Asked) -> Answered:
        token, act, back = asked.parts["token"], asked.form.get("act"), _back(asked.form.get("back", ""))
        said = "已取消，未支付 Cancelled, not paid"
        if act in ("pay", "other_amount"):
            self._orders.pay(token, off_by=1 if act == "other_amount" else 0)
            said = "支付成功 Paid"
        if back:
            return go_to(back)
        orders, _ = self._orders.wanted(token)
        return page_answer(result_page(orders, said=said))

    def _pay(self, asked: Asked) -> Answered:
        told = asked.document
        token = self._orders.token_of(str(told.get("out_trade_no", "")))
        self._orders.pay(token, openid=str(told.get("openid", "")), off_by=int(told.get("off_by", 0)))
        return json_answer({"paid": told["out_trade_no"]})

    def _show_transfer(self, asked: Asked) -> Answered:
        transfer = self._transfers.by_token(asked.parts["token"])
        return page_answer(transfer_page(transfer, action=f"/transfer/{asked.parts['token']}"))

    def _take_on_page(self, asked: Asked) -> Answered:
        self._transfers.confirm(self._transfers.by_token(asked.parts["token"])["out_bill_no"])
        return self._show_transfer(asked)

    def _confirm(self, asked: Asked) -> Answered:
        self._transfers.confirm(str(asked.document.get("out_bill_no", "")))
        return json_answer({"confirmed": asked.document["out_bill_no"]})

    def _open_packet(self, asked: Asked) -> Answered:
        opened = self._packets.open(str(asked.document.get("mch_billno", "")))
        return json_answer({"opened": opened["number"], "amount": opened["amount"]})

    def _top_up(self, asked: Asked) -> Answered:
        account, amount = self._account_and_amount(asked)
        self._books.move(
            account, "充值/提现/充值", amount, business=self._books.number("transfer"), voucher=""
        )
        return self._balances(asked)

    def _withdraw(self, asked: Asked) -> Answered:
        account, amount = self._account_and_amount(asked)
        self._books.must_have(account, amount)
        self._books.move(
            account, "充值/提现/提现", -amount, business=self._books.number("transfer"), voucher=""
        )
        return self._balances(asked)

    def _account_and_amount(self, asked: Asked) -> tuple[str, int]:
        account = str(asked.document.get("account", MERCHANT))
        if account not in (MERCHANT, *SUB_MERCHANTS):
            raise bad("account：不存在")
        return account, cents(asked.document, "amount", most=10**15)

    def _balances(self, asked: Asked) -> Answered:
        del asked
        return json_answer({
            account: {"balance": self._books.balance(account), "available": self._books.available(account)}
            for account in (MERCHANT, *SUB_MERCHANTS)
        })  # fmt: skip


def _back(address: str) -> str:
    """Where the buyer's browser goes afterwards: a web address or nowhere."""
    return address if address.startswith(("http://", "https://")) else ""
