"""Cash red packets of the sandbox (现金红包): XML of WeChat's second version, over TLS with a certificate shown."""

import hashlib
import hmac
from collections.abc import Callable
from datetime import datetime, timedelta
from xml.sax.saxutils import escape

from lxml import etree

from zhanggui.rails.sandbox_server.faults import FaultKind
from zhanggui.rails.sandbox_server.messages import Answered, Asked
from zhanggui.rails.sandbox_server.router import Router
from zhanggui.rails.sandbox_server.store import Document
from zhanggui.rails.wechat_pay.sandbox.books import APPID, MERCHANT, Books
from zhanggui.rails.wechat_pay.sandbox.refusals import invalid
from zhanggui.rails.wechat_pay.values import BEIJING

LEAST, MOST, MOST_IN_A_SCENE = 100, 20_000, 49_900
A_DAY = 10  # packets for one person
OPEN_FOR, GOES_BACK_IN, FOUND_FOR = timedelta(hours=24), timedelta(hours=1), timedelta(days=30)
SCENES = frozenset(f"PRODUCT_{number}" for number in range(1, 9))
NEEDED = ("nonce_str", "sign", "mch_billno", "mch_id")
NEEDED_TO_SEND = (
    "wxappid", "send_name", "re_openid", "total_amount", "total_num", "wishing", "client_ip", "act_name", "remark",
)  # fmt: skip
LONGEST = {"send_name": 32, "wishing": 128, "act_name": 32, "remark": 256, "mch_billno": 28}


class No(Exception):
    """An err_code with its description."""

    def __init__(self, code: str, said: str) -> None:
        super().__init__(said)
        self.code, self.said = code, said


class RedPackets:
    """What the gateway answers. A packet is taken from the account when it is sent; whoever it is for has 24 hours to
    open it, then the money goes back within an hour. `is_merchant` knows the merchant's certificate."""

    def __init__(self, books: Books, *, api_key: str, is_merchant: Callable[[bytes], bool]) -> None:
        self._books, self._store = books, books.store
        self._key, self._is_merchant = api_key, is_merchant
        self.routes = Router()
        self.routes.add("POST", "/mmpaymkttransfers/sendredpack", self._handled(self._send))
        self.routes.add("POST", "/mmpaymkttransfers/gethbinfo", self._handled(self._find))

    def signed(self, answered: Answered, asked: Asked, *, wrong: bool) -> bytes:
        """An answer with its sign, by the method that the question used."""
        fields = _read(answered.body)
        by = _read(asked.body).get("sign_type", "MD5") if _is_xml(asked.body) else "MD5"
        sign = self._sign(fields | ({"sign": "", "wrong": "1"} if wrong else {}), by)
        return answered.body.replace(b"</xml>", f"<sign>{sign}</sign></xml>".encode())

    def open(self, number: str) -> Document:
        """The person opens a packet. Raises Refused."""
        packet = self._store.get("packet", number)
        if packet is None or self._status(packet) != "SENT":
            raise invalid("红包不在待领取状态")
        packet |= {"status": "RECEIVED", "received_at": self._at()}
        self._store.put("packet", number, packet)
        return packet

    def expire(self, number: str) -> None:
        """Nobody opened it in time: it is on its way back."""
        packet = self._books.got("packet", number)
        if packet["status"] == "SENT":
            self._store.put("packet", number, packet | {"status": "RFUND_ING"})
            self._books.later(self._books.now() + GOES_BACK_IN, "packet_back", number)

    def come_back(self, number: str) -> None:
        """The money is on the account again."""
        packet = self._books.got("packet", number)
        self._store.put("packet", number, packet | {"status": "REFUND", "refund_at": self._at()})
        self._moved(packet, "现金红包/红包退款", packet["amount"])

    def _handled(self, act: Callable[[Document], Document]) -> Callable[[Asked], Answered]:
        def handle(asked: Asked) -> Answered:
            told: Document = {}
            try:
                if not self._is_merchant(asked.certificate):
                    raise No("CA_ERROR", "请求未携带证书，请带上证书后重试")
                if not _is_xml(asked.body):
                    raise No("XML_ERROR", "输入xml参数格式错误")
                told = _read(asked.body)
                self._check(told)
                said = {"return_code": "SUCCESS", "result_code": "SUCCESS", "err_code": "0"} | act(told)
            except No as no:
                said = {
                    "return_code": "FAIL" if no.code in ("CA_ERROR", "SIGN_ERROR", "XML_ERROR") else "SUCCESS",
                    "return_msg": no.said, "result_code": "FAIL", "err_code": no.code, "err_code_des": no.said,
                    "mch_billno": told.get("mch_billno", ""), "mch_id": told.get("mch_id", ""),
                }  # fmt: skip
            body = "".join(
                f"<{name}>{value if name == 'hblist' else escape(str(value))}</{name}>"
                for name, value in said.items() if value != ""
            )  # fmt: skip
            return Answered(200, f"<xml>{body}</xml>".encode(), {"content-type": "text/xml; charset=utf-8"})

        return handle

    def _check(self, told: Document) -> None:
        for name in NEEDED:
            if not told.get(name):
                raise No("PARAM_ERROR", f"参数错误：缺少 {name}")
        if not hmac.compare_digest(
            told["sign"].encode(), self._sign(told, told.get("sign_type", "MD5")).encode()
        ):
            raise No("SIGN_ERROR", "签名错误")
        if told["mch_id"] != MERCHANT:
            raise No("PARAM_ERROR", "参数错误：mch_id")
        if not (told["mch_billno"].isascii() and told["mch_billno"].isalnum()):
            raise No("PARAM_ERROR", "参数错误：mch_billno")

    def _sign(self, fields: Document, by: str) -> str:
        pairs = "&".join(
            f"{name}={fields[name]}" for name in sorted(fields) if fields[name] and name != "sign"
        )
        text = f"{pairs}&key={self._key}".encode()
        if by == "HMAC-SHA256":
            return hmac.new(self._key.encode(), text, hashlib.sha256).hexdigest().upper()
        return hashlib.md5(text, usedforsecurity=False).hexdigest().upper()

    def _send(self, told: Document) -> Document:
        if fault := self._books.house.faults.take(FaultKind.OUTCOME, of="sendredpack"):
            raise No(fault.value, f"沙箱被要求拒绝：{fault.value}")
        for name in NEEDED_TO_SEND:
            if not told.get(name):
                raise No("PARAM_ERROR", f"参数错误：缺少 {name}")
        if long := [name for name, most in LONGEST.items() if len(told[name]) > most]:
            raise No("PARAM_ERROR", f"参数错误：{long[0]} 过长")
        number, amount = told["mch_billno"], _cents(told["total_amount"])
        known = self._store.get("packet", number)
        if known is None:
            known = self._made(told, number, amount)
        elif (known["amount"], known["openid"]) != (amount, told["re_openid"]):
            raise No("FATAL_ERROR", "openid和原始单参数不一致")
        return {
            "return_msg": "发放成功", "err_code_des": "发放成功", "mch_billno": number, "mch_id": MERCHANT,
            "wxappid": APPID, "re_openid": known["openid"], "total_amount": known["amount"],
            "send_listid": known["detail_id"],
        }  # fmt: skip

    def _made(self, told: Document, number: str, amount: int) -> Document:
        if told["wxappid"] != APPID:
            raise No("ILLEGAL_APPID", "非法appid，请确认是否为公众号的appid")
        scene = told.get("scene_id", "")
        if scene and scene not in SCENES:
            raise No("PARAM_ERROR", "参数错误：scene_id")
        if told["total_num"] != "1" or not amount:
            raise No("PARAM_ERROR", "参数错误：total_num 须为 1，total_amount 单位为分")
        least, most = (1, MOST_IN_A_SCENE) if scene else (LEAST, MOST)
        if not least <= amount <= most:
            raise No("MONEY_LIMIT", "红包金额发放限制")
        today = f"{told['re_openid']}|{self._books.now().astimezone(BEIJING):%Y%m%d}"
        before = (self._store.get("packets_of", today) or {"count": 0})["count"]
        if before >= A_DAY:
            raise No("SENDNUM_LIMIT", "该用户今日领取红包个数超过限制")
        if self._books.available(MERCHANT) < amount:
            raise No("NOTENOUGH", "帐号余额不足，请到商户平台充值后再重试")
        self._store.put("packets_of", today, {"count": before + 1})
        faults = self._books.house.faults
        fails = faults.take(FaultKind.OUTCOME, of="packet")
        slow = faults.take(FaultKind.SLOW, of="packet")
        ready = self._books.now() + timedelta(seconds=slow.seconds or 0 if slow else 0)
        packet = {
            "number": number, "amount": amount, "openid": told["re_openid"], "wish": told["wishing"],
            "occasion": told["act_name"], "remark": told["remark"], "detail_id": self._books.number("transfer"),
            "sent_at": self._at(), "ready_at": ready.isoformat(), "status": "FAILED" if fails else "SENT",
            "reason": fails.value if fails else "", "received_at": "", "refund_at": "",
        }  # fmt: skip
        self._store.put("packet", number, packet)
        self._moved(packet, "现金红包/发放红包", -amount)
        if fails:
            self._moved(packet, "现金红包/红包退款", amount)
        self._books.later(ready + OPEN_FOR, "expire_packet", number)
        return packet

    def _find(self, told: Document) -> Document:
        if told.get("bill_type") != "MCHT" or told.get("appid") != APPID:
            raise No("PARAM_ERROR", "参数错误：bill_type 须为 MCHT，appid")
        packet = self._store.get("packet", told["mch_billno"])
        if packet is None or self._books.now() - datetime.fromisoformat(packet["sent_at"]) > FOUND_FOR:
            raise No("NOT_FOUND", "指定单号数据不存在")
        opened = (
            f"<hbinfo><openid>{escape(packet['openid'])}</openid><amount>{packet['amount']}</amount>"
            f"<rcv_time>{_shown(packet['received_at'])}</rcv_time></hbinfo>"
        )
        return {
            "return_msg": "OK", "err_code_des": "OK", "mch_billno": packet["number"], "mch_id": MERCHANT,
            "detail_id": packet["detail_id"], "status": self._status(packet), "send_type": "API",
            "hb_type": "NORMAL", "total_num": "1", "total_amount": packet["amount"], "reason": packet["reason"],
            "send_time": _shown(packet["sent_at"]), "refund_time": _shown(packet["refund_at"]),
            "refund_amount": packet["amount"] if packet["refund_at"] else "", "wishing": packet["wish"],
            "remark": packet["remark"], "act_name": packet["occasion"],
            "hblist": opened if packet["received_at"] else "",
        }  # fmt: skip

    def _status(self, packet: Document) -> str:
        if packet["status"] in ("SENT", "FAILED") and self._books.now() < datetime.fromisoformat(
            packet["ready_at"]
        ):
            return "SENDING"
        return str(packet["status"])

    def _moved(self, packet: Document, kind: str, amount: int) -> None:
        self._books.move(MERCHANT, kind, amount, business=packet["detail_id"], voucher=packet["number"])

    def _at(self) -> str:
        return self._books.now().isoformat()


def _read(body: bytes) -> Document:
    return {str(one.tag): one.text or "" for one in etree.fromstring(body, _parser()) if len(one) == 0}


def _is_xml(body: bytes) -> bool:
    try:
        return str(etree.fromstring(body, _parser()).tag) == "xml"
    except etree.XMLSyntaxError:
        return False


def _parser() -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True)


def _cents(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else 0


def _shown(at: str) -> str:
    return f"{datetime.fromisoformat(at).astimezone(BEIJING):%Y-%m-%d %H:%M:%S}" if at else ""
