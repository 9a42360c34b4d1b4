"""The page on which people pay, in Chinese and English."""

from html import escape

from zhanggui.rails.alipay.sandbox.wire import yuan
from zhanggui.rails.sandbox_server.store import Document

_WORDS = {
    "zh": {
        "lang": "zh-CN", "other": "en", "switch": "English", "title": "支付宝沙箱收银台",
        "note": "这是测试用的沙箱，不会动用任何真实资金。", "order": "订单号", "goods": "商品", "amount": "应付金额",
        "pay": "立即付款", "cancel": "放弃付款", "wrong": "付另一金额（模拟网关报错金额）",
        "wrong_pay": "按此金额付款",
        "TRADE_SUCCESS": "付款成功", "TRADE_FINISHED": "付款成功", "TRADE_CLOSED": "交易已关闭",
        "WAIT_BUYER_PAY": "尚未付款", "back": "返回商家", "refused": "无法付款",
    },
    "en": {
        "lang": "en", "other": "zh", "switch": "中文", "title": "Alipay sandbox checkout",
        "note": "This is a sandbox for trials; no real money moves.", "order": "Order number", "goods": "Goods",
        "amount": "Amount due", "pay": "Pay now", "cancel": "Do not pay",
        "wrong": "Pay another amount (as if the gateway reported it wrongly)", "wrong_pay": "Pay this amount",
        "TRADE_SUCCESS": "Paid", "TRADE_FINISHED": "Paid", "TRADE_CLOSED": "The trade is closed",
        "WAIT_BUYER_PAY": "Not paid", "back": "Back to the shop", "refused": "Cannot be paid",
    },
}  # fmt: skip
_STYLE = (
    "body{margin:0;background:#f2f4f7;font:16px/1.6 system-ui,'Noto Sans CJK SC',sans-serif;color:#1d2129}"
    "header{background:#0958d9;color:#fff;padding:14px 20px;display:flex;justify-content:space-between}"
    "header a{color:#fff}main{max-width:480px;margin:24px auto;background:#fff;border-radius:10px;padding:20px 24px}"
    "h1{font-size:18px;margin:0}dl{display:grid;grid-template-columns:auto 1fr;gap:6px 16px;margin:0 0 20px}"
    "dt{color:#596273}dd{margin:0;text-align:right;overflow-wrap:anywhere}.sum{font-size:26px;font-weight:600}"
    "button{width:100%;padding:12px;border:0;border-radius:8px;font:inherit;cursor:pointer;margin-top:10px}"
    ".go{background:#0958d9;color:#fff}.no{background:#e8eaee;color:#1d2129}p{margin:0 0 14px;color:#596273}"
    "details{margin-top:18px}summary{color:#596273}input{font:inherit;padding:8px;width:100%;box-sizing:border-box}"
    ".state{font-size:22px;color:#1d2129;text-align:center;margin:24px 0}"
)


def language(accepted: str, asked: str) -> str:
    """The page's language: as asked for, else as the browser says; Chinese by default."""
    if asked in _WORDS:
        return asked
    return "en" if accepted.lower().startswith("en") else "zh"


def pay_page(trade: Document, lang: str) -> str:
    """What the buyer sees of a trade that waits, or what has become of it."""
    words = _WORDS[lang]
    facts = (
        f"<dl><dt>{words['goods']}</dt><dd>{escape(trade['subject'])}</dd>"
        f"<dt>{words['order']}</dt><dd>{escape(trade['number'])}</dd>"
        f'<dt>{words["amount"]}</dt><dd class="sum">¥{yuan(trade["total"])}</dd></dl>'
    )
    if trade["status"] != "WAIT_BUYER_PAY":
        rest = f'<p class="state" role="status">{words[trade["status"]]}</p>'
        if trade["return_url"]:
            rest += f'<p><a href="{escape(trade["return_url"])}">{words["back"]}</a></p>'
        return _page(words, facts + rest)
    form = (
        f'<form method="post"><input type="hidden" name="lang" value="{words["lang"][:2]}">'
        f'<button class="go" name="action" value="pay">{words["pay"]} ¥{yuan(trade["total"])}</button>'
        f'<button class="no" name="action" value="cancel">{words["cancel"]}</button>'
        f"<details><summary>{words['wrong']}</summary><label>{words['amount']} "
        f'<input name="amount" value="{yuan(trade["total"] + 1)}" inputmode="decimal"></label>'
        f'<button class="no" name="action" value="pay_other">{words["wrong_pay"]}</button></details></form>'
    )
    return _page(words, facts + form)


def refused_page(code: str, said: str, lang: str) -> str:
    """What the buyer sees of a request that the gateway does not take."""
    words = _WORDS[lang]
    return _page(
        words, f'<p class="state" role="alert">{words["refused"]}</p><p>{escape(code)}<br>{escape(said)}</p>'
    )


def _page(words: dict[str, str], body: str) -> str:
    return (
        f'<!doctype html><html lang="{words["lang"]}"><head><meta charset="utf-8"><title>{words["title"]}</title>'
        f'<meta name="viewport" content="width=device-width,initial-scale=1"><style>{_STYLE}</style></head>'
        f'<body><header><h1>{words["title"]}</h1><a href="?lang={words["other"]}" lang="{words["other"]}">'
        f"{words['switch']}</a></header><main><p>{words['note']}</p>{body}</main></body></html>"
    )
