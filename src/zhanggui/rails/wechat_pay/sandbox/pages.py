"""The pages of the sandbox on which people pay, and take transfers: Chinese and English, for a phone, no scripts."""

from html import escape

from zhanggui.money.decimals import format_plain
from zhanggui.rails.sandbox_server.store import Document

_STYLE = """
*{box-sizing:border-box}body{margin:0;background:#ededed;color:#1f1f1f;font:16px/1.5 system-ui,sans-serif}
main{max-width:26rem;margin:0 auto;min-height:100vh;background:#fff;padding:1.25rem}
h1{font-size:1.05rem;margin:0 0 1rem;color:#05703a}.note{background:#fff6d6;border-radius:.5rem;padding:.5rem .75rem;
font-size:.875rem;color:#5c4300}.amount{font-size:2.5rem;font-weight:600;text-align:center;margin:1.5rem 0 0;
font-variant-numeric:tabular-nums}.said{text-align:center;margin:.25rem 0 1.5rem;color:#595959}
dl{display:grid;grid-template-columns:1fr auto;gap:.35rem 1rem;margin:0 0 1.5rem;font-size:.9rem}
dt{color:#595959;min-width:6rem}dd{margin:0;text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
dd small{display:block;color:#595959}dd.long{white-space:normal;overflow-wrap:anywhere;max-width:16rem}
button{display:block;width:100%;min-height:3rem;margin:.75rem 0 0;border:1px solid #8c8c8c;border-radius:.5rem;
background:#fff;color:inherit;font:inherit;cursor:pointer}button.pay{background:#05803f;border-color:#05803f;color:#fff;
font-weight:600}button.broken{color:#a8071a;border-color:#a8071a}button:focus-visible{outline:3px solid #1677ff;
outline-offset:2px}
"""


def payment_page(orders: list[Document], *, action: str, back: str, said: str = "") -> str:
    """What is to be paid, and how: pay, cancel, pay another amount."""
    total = sum(order["total"] for order in orders)
    rows = "".join(
        f"<dt>{escape(order['description'])}"
        f"<dd>¥{format_plain(order['total'], 'CNY')}<small>{escape(order['payee'])}</small>"
        for order in orders
    )
    number = orders[0]["combined"] or orders[0]["out_trade_no"]
    rows += _row("商户订单号 Order", number)
    hidden = f'<input type="hidden" name="back" value="{escape(back, quote=True)}">'
    buttons = (
        '<button class="pay" name="act" value="pay">立即支付 Pay</button>'
        '<button name="act" value="cancel">取消 Cancel</button>'
        '<button class="broken" name="act" value="other_amount">按错误金额支付（故障）'
        "Pay with another amount (broken)</button>"
    )
    form = f'<form method="post" action="{escape(action, quote=True)}">{hidden}{buttons}</form>'
    return _page("微信支付沙箱 WeChat Pay sandbox", total, said or "待支付 To pay", rows, form)


def result_page(orders: list[Document], *, said: str, back: str = "") -> str:
    """What became of it."""
    total = sum(order["paid_total"] or order["total"] for order in orders)
    number = orders[0]["combined"] or orders[0]["out_trade_no"]
    link = f'<p><a href="{escape(back, quote=True)}">返回商家 Back to the shop</a></p>' if back else ""
    return _page("微信支付沙箱 WeChat Pay sandbox", total, said, _row("商户订单号 Order", number), link)


def transfer_page(transfer: Document, *, action: str) -> str:
    """A transfer that waits for the person, or what became of it."""
    states = {
        "WAIT_USER_CONFIRM": "待确认收款 To be confirmed", "SUCCESS": "已收款 Received",
        "FAIL": "转账失败 Failed", "CANCELLED": "已撤销 Withdrawn",
    }  # fmt: skip
    rows = _row("备注 Remark", transfer["remark"]) + _row("单号 Number", transfer["out_bill_no"])
    form = ""
    if transfer["state"] == "WAIT_USER_CONFIRM":
        form = (
            f'<form method="post" action="{escape(action, quote=True)}">'
            '<button class="pay" name="act" value="confirm">收款 Take the money</button></form>'
        )
    return _page(
        "微信收款沙箱 WeChat transfer sandbox", transfer["amount"], states[transfer["state"]], rows, form
    )


def _row(label: str, value: str) -> str:
    return f'<dt>{label}<dd class="long">{escape(value)}'


def _page(title: str, total: int, said: str, rows: str, rest: str) -> str:
    return (
        '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{title}</title><style>{_STYLE}</style></head><body><main><h1>{title}</h1>"
        '<p class="note">沙箱：不会发生真实扣款。<br><span lang="en">Sandbox: no real money moves.</span></p>'
        f'<p class="amount">¥{format_plain(total, "CNY")}</p><p class="said">{escape(said)}</p><dl>{rows}</dl>{rest}'
        "</main></body></html>"
    )
