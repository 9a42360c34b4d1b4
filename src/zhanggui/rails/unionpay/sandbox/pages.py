"""The page on which people pay, in Chinese and English."""

from collections.abc import Mapping
from html import escape

from zhanggui.rails.sandbox_server.store import Document

_WORDS = {
    "zh": {
        "lang": "zh-CN", "other": "en", "switch": "English", "title": "银联沙箱收银台",
        "note": "这是测试用的沙箱，不会动用任何真实资金。", "order": "订单号",
        "merchant": "商户", "amount": "订单金额",
        "pay": "立即付款", "cancel": "放弃付款", "poor": "用余额不足的卡付款",
        "wrong": "付另一金额（模拟网关报错金额，单位：分）", "wrong_pay": "按此金额付款", "paid": "付款成功",
        "over": "订单已超时", "failed": "付款未成功，请换一张卡", "back": "返回商户", "refused": "无法付款",
    },
    "en": {
        "lang": "en", "other": "zh", "switch": "中文", "title": "UnionPay sandbox checkout",
        "note": "This is a sandbox for trials; no real money moves.", "order": "Order number",
        "merchant": "Merchant", "amount": "Amount due", "pay": "Pay now", "cancel": "Do not pay",
        "poor": "Pay with a card that has no money", "wrong_pay": "Pay this amount",
        "wrong": "Pay another amount, in cents (as if the gateway reported it wrongly)", "paid": "Paid",
        "over": "It is too late to pay", "failed": "Not paid; try another card", "back": "Back to the merchant",
        "refused": "Cannot be paid",
    },
}  # fmt: skip
_STYLE = (
    "body{margin:0;background:#f3f5f6;font:16px/1.6 system-ui,'Noto Sans CJK SC',sans-serif;color:#1f2428}"
    "header{background:#a31621;color:#fff;padding:14px 20px;display:flex;justify-content:space-between}"
    "header a{color:#fff}main{max-width:480px;margin:24px auto;background:#fff;border-radius:10px;padding:20px 24px}"
    "h1{font-size:18px;margin:0}dl{display:grid;grid-template-columns:auto 1fr;gap:6px 16px;margin:0 0 20px}"
    "dt{color:#596273}dd{margin:0;text-align:right;overflow-wrap:anywhere}.sum{font-size:26px;font-weight:600}"
    "button{width:100%;padding:12px;border:0;border-radius:8px;font:inherit;cursor:pointer;margin-top:10px}"
    ".go{background:#00596b;color:#fff}.no{background:#e6eaec;color:#1f2428}p{margin:0 0 14px;color:#596273}"
    "details{margin-top:18px}summary{color:#596273}input{font:inherit;padding:8px;width:100%;box-sizing:border-box}"
    "a.no{display:block;text-align:center;text-decoration:none;padding:12px;border-radius:8px;margin-top:10px}"
    ".state{font-size:22px;color:#1f2428;text-align:center;margin:24px 0}"
)


def language(accepted: str, asked: str) -> str:
    """The page's language: as asked for, else as the browser says; Chinese by default."""
    if asked in _WORDS:
        return asked
    return "en" if accepted.lower().startswith("en") else "zh"


def pay_page(order: Document, lang: str, *, over: bool, back: Mapping[str, str]) -> str:
    """What the buyer sees of an order; once it is paid, the way back bears `back`, signed."""
    words = _WORDS[lang]
    yuan = f"{order['amount'] // 100}.{order['amount'] % 100:02d}"
    facts = (
        f"<dl><dt>{words['merchant']}</dt><dd>{escape(order['said']['merId'])}</dd>"
        f"<dt>{words['order']}</dt><dd>{escape(order['number'])}</dd>"
        f'<dt>{words["amount"]}</dt><dd class="sum">¥{yuan}</dd></dl>'
    )
    if order["code"] == "00" or over:
        state = words["paid"] if order["code"] == "00" else words["over"]
        return _page(
            words, f'{facts}<p class="state" role="status">{state}</p>{_way_back(words, order, back)}'
        )
    failed = f'<p class="state" role="alert">{words["failed"]}</p>' if order["code"] else ""
    leave = ""
    if order["front_url"]:
        leave = f'<a class="no" href="{escape(order["front_url"])}">{words["cancel"]}</a>'
    form = (
        f'<form method="post"><input type="hidden" name="lang" value="{words["lang"][:2]}">'
        f'<button class="go" name="action" value="pay">{words["pay"]} ¥{yuan}</button>'
        f'<button class="no" name="action" value="poor">{words["poor"]}</button>{leave}'
        f"<details><summary>{words['wrong']}</summary><label>{words['amount']} "
        f'<input name="amount" value="{order["amount"] + 1}" inputmode="numeric"></label>'
        f'<button class="no" name="action" value="pay_other">{words["wrong_pay"]}</button></details></form>'
    )
    return _page(words, facts + failed + form)


def _way_back(words: Mapping[str, str], order: Document, back: Mapping[str, str]) -> str:
    """UnionPay sends the browser back with a form."""
    if not order["front_url"]:
        return ""
    inputs = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">' for name, value in back.items()
    )
    return (
        f'<form method="post" action="{escape(order["front_url"])}">{inputs}'
        f'<button class="go">{words["back"]}</button></form>'
    )


def refused_page(code: str, said: str, lang: str) -> str:
    """What the buyer sees of a request that the gateway does not take."""
    words = _WORDS[lang]
    state = f'<p class="state" role="alert">{words["refused"]}</p>'
    return _page(words, f"{state}<p>{escape(code)}<br>{escape(said)}</p>")


def _page(words: Mapping[str, str], body: str) -> str:
    return (
        f'<!doctype html><html lang="{words["lang"]}"><head><meta charset="utf-8"><title>{words["title"]}</title>'
        f'<meta name="viewport" content="width=device-width,initial-scale=1"><style>{_STYLE}</style></head>'
        f'<body><header><h1>{words["title"]}</h1><a href="?lang={words["other"]}" lang="{words["other"]}">'
        f"{words['switch']}</a></header><main><p>{words['note']}</p>{body}</main></body></html>"
    )
