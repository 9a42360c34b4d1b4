"""Batch payouts at the gateway (批量代付): a file asks for payments to cards, another tells what came of them."""

import base64
import binascii
import zlib
from collections.abc import Mapping
from datetime import datetime, timedelta

from zhanggui.rails.sandbox_server.faults import FaultKind
from zhanggui.rails.sandbox_server.gateway import House
from zhanggui.rails.sandbox_server.store import Document
from zhanggui.rails.unionpay.sandbox.orders import Orders, stamp_short
from zhanggui.rails.unionpay.sandbox.wire import SAID, Refused, clearing_day, read_stamp

TAKES = timedelta(minutes=50)
ROWS_MOST, RESULTS_MOST = 5000, 5
NEEDED = ("orderId", "currencyCode", "txnAmt", "accType", "accNo", "customerNm", "bizType")
OWN = ("respCode", "respMsg", "queryId", "sysTraNo", "sysTm", "settleDate", "reserved1", "reserved2")
MISSING = "missing"


class PayoutBatches:
    """The batches of the merchant, by number and day."""

    def __init__(self, house: House, orders: Orders) -> None:
        self._house, self._orders = house, orders

    def take(self, asked: Mapping[str, str]) -> Document:
        """Take a batch, every payment of which is then made, or not, within the hour. Raises Refused."""
        number = _batch_number(asked)
        key = f"{asked['txnTime'][:8]}|{number}"
        if self._house.store.get("batch", key):
            raise Refused("12", f"批次（{number}）重复")
        head, names, rows = _read(asked)
        if head[:3] != [head[0], asked["totalAmt"], asked["totalQty"]] or len(head) < 5:
            raise Refused("10", "fileContent 文件头与 totalAmt、totalQty 不符")
        if len(rows) != int(asked["totalQty"]) or sum(_cents(row["txnAmt"]) for row in rows) != int(
            asked["totalAmt"]
        ):
            raise Refused("10", "fileContent 明细与 totalAmt、totalQty 不符")
        if len({row["orderId"] for row in rows}) != len(rows):
            raise Refused("10", "单个批次文件内 orderId 不能重复")
        ends = self._orders.now + TAKES
        self._house.store.put("batch", key, {
            "number": number, "sent": asked["txnTime"], "head": head, "names": names, "results": 0,
            "ends_at": ends.isoformat(), "rows": [self._made(asked, row, ends) for row in rows],
        })  # fmt: skip
        return {"batchNo": number, "totalQty": asked["totalQty"], "totalAmt": asked["totalAmt"]}

    def _made(self, asked: Mapping[str, str], row: Document, ends: datetime) -> Document:
        """A payment: `code` as the result will have it, and what an ordinary query says of it, if anything."""
        fault = self._house.faults.take(FaultKind.OUTCOME, of="payout")
        if fault and fault.value == MISSING:
            return {"row": row, "code": MISSING, "order": ""}
        slow = self._house.faults.take(FaultKind.SLOW, of="payout")
        day = f"{row['orderId']}|{asked['txnTime'][:8]}"
        if self._house.store.get("payout", day):
            return {"row": row, "code": "12", "order": ""}
        self._house.store.put("payout", day, {})
        code = fault.value if fault else _row_code(row)
        if slow:
            ends += timedelta(seconds=slow.seconds or 0)
        self._orders.pay_out(
            asked, number=row["orderId"], amount=_cents(row["txnAmt"]), code=code, ends_at=ends
        )
        return {"row": row, "code": "05" if slow else code, "order": row["orderId"]}

    def result(self, asked: Mapping[str, str]) -> Document:
        """What came of a batch: nothing yet, or the file, which is given out five times. Raises Refused."""
        number = _batch_number(asked)
        key = f"{asked['txnTime'][:8]}|{number}"
        batch = self._house.store.get("batch", key)
        if batch is None or batch["sent"] != asked["txnTime"]:
            raise Refused("34", f"批次（{number}）不存在[7103401]")
        if self._orders.now < datetime.fromisoformat(batch["ends_at"]):
            raise Refused("05")
        if batch["results"] >= RESULTS_MOST:
            raise Refused("30", "批次查询成功次数已达上限")
        batch["results"] += 1
        self._house.store.put("batch", key, batch)
        text = self._text(batch)
        return {
            "batchNo": number, "totalQty": batch["head"][2], "totalAmt": batch["head"][1],
            "fileContent": base64.b64encode(zlib.compress(text.encode())).decode(),
        }  # fmt: skip

    def _text(self, batch: Document) -> str:
        shown = [one for one in batch["rows"] if one["code"] != MISSING]
        paid = [one for one in shown if one["code"] == "00"]
        amount = sum(_cents(one["row"]["txnAmt"]) for one in paid)
        head = [*batch["head"][:3], "", "", str(amount), str(len(paid)), "", ""]
        lines = ["|".join(head), "|".join([*OWN, *batch["names"]])]
        for one in shown:
            order = self._orders.get(one["order"], batch["sent"]) if one["order"] else None
            code, traced = one["code"], order["traced_at"] if order else ""
            own = [code, SAID.get(code, code)] + (
                [order["query_id"], order["trace_no"], stamp_short(traced), order["day"][5:].replace("-", "")]
                if order
                else ["", "", "", clearing_day(self._orders.now)[5:].replace("-", "")]
            )
            lines.append("|".join([*own, "", "", *(one["row"][name] for name in batch["names"])]))
        return "\r\n".join(lines)


def _batch_number(asked: Mapping[str, str]) -> str:
    number = asked.get("batchNo", "")
    if asked.get("txnSubType") != "03" or asked.get("bizType") != "000401":
        raise Refused("13", "txnSubType 03 and bizType 000401 are needed")
    if asked.get("channelType") != "07" or asked.get("accessType") != "0":
        raise Refused("10", "channelType 07 and accessType 0 are needed")
    if not (len(number) == 4 and number.isascii() and number.isdigit() and number != "0000"):
        raise Refused("10", "batchNo is 0001 to 9999")
    read_stamp(asked["txnTime"])
    return number


def _read(asked: Mapping[str, str]) -> tuple[list[str], list[str], list[Document]]:
    """Head, column names and rows of a file. Raises Refused."""
    for name in ("totalQty", "totalAmt", "fileContent"):
        if not asked.get(name):
            raise Refused("13", f"{name} is missing")
    if not (asked["totalQty"].isdigit() and asked["totalAmt"].isdigit()):
        raise Refused("10", "totalQty and totalAmt are whole numbers")
    if int(asked["totalQty"]) > ROWS_MOST:
        raise Refused("10", f"单个批次最多 {ROWS_MOST} 笔")
    try:
        content = base64.b64decode(asked["fileContent"], validate=True)
        lines = zlib.decompress(content).decode("utf-8").split("\r\n")
    except (binascii.Error, zlib.error, UnicodeDecodeError):
        raise Refused("10", "fileContent is UTF-8 text, deflated, in base64") from None
    if len(lines) < 3:
        raise Refused("10", "fileContent has a head, column names and rows")
    names = lines[1].split("|")
    if not {*NEEDED} <= {*names}:
        raise Refused("10", f"fileContent has the columns {', '.join(NEEDED)}")
    rows = []
    for line in lines[2:]:
        cells = line.split("|")
        if len(cells) != len(names):
            raise Refused("10", "a row of fileContent has too few or too many cells")
        row = dict(zip(names, cells, strict=True))
        order = row["orderId"]
        if not (8 <= len(order) <= 32 and order.isascii() and order.isalnum()) or not _cents(row["txnAmt"]):
            raise Refused("10", "orderId has 8 to 32 letters and digits, txnAmt is in cents")
        rows.append(row)
    return lines[0].split("|"), names, rows


def _cents(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 12 else 0


def _row_code(row: Document) -> str:
    """What becomes of a payment by itself."""
    if row["currencyCode"] not in ("", "156") or row["bizType"] != "000401" or not row["customerNm"]:
        return "13"
    card = row["accNo"]
    fits = row["accType"] == "01" and card.isascii() and card.isdigit() and 12 <= len(card) <= 20
    return "00" if fits and not card.endswith("0000") else "14"
