"""The pages on which a person says who they are, in Chinese and English."""

from collections.abc import Mapping
from html import escape

from zhanggui.rails.identity_sandbox.people import PEOPLE, picture_data

_WORDS = {
    "zh": {
        "lang": "zh-CN", "note": "这是测试用的登录沙箱，人物均为虚构。", "cancel": "取消",
        "weixin": "微信登录", "weixin_lead": "真实页面上是二维码，用手机微信扫描；这里请直接选择由谁扫码：",
        "in_app": "微信授权", "in_app_lead": "选择这部手机上登录微信的人，允许应用获得昵称、头像和地区：",
        "weibo": "微博登录", "weibo_lead": "选择用谁的微博账号授权：", "asks": "登录后，应用将知道您的昵称和头像。",
        "refused": "不能登录",
    },
    "en": {
        "lang": "en", "note": "This is a sandbox for trials; the people are made up.", "cancel": "Cancel",
        "weixin": "WeChat log-in",
        "weixin_lead": "The real page shows a QR code for WeChat on a phone; here, choose who scans it:",
        "in_app": "WeChat authorisation",
        "in_app_lead": "Choose who is logged in to WeChat on this phone and lets the app know name and picture:",
        "weibo": "Weibo log-in", "weibo_lead": "Choose whose Weibo account is used:",
        "asks": "The app will know your nickname and your picture.", "refused": "Cannot log in",
    },
}  # fmt: skip
_STYLE = (
    "*{box-sizing:border-box}body{margin:0;background:#f3f4f6;color:#1d2129;"
    "font:16px/1.6 system-ui,'Noto Sans CJK SC',sans-serif}"
    "header{color:#fff;padding:14px 20px;font-size:18px;font-weight:600}"
    ".is-weixin header,.is-in_app header{background:#067a3f}"
    ".is-weibo header{background:#b3211b}main{max-width:520px;margin:24px auto;padding:20px 24px;background:#fff;"
    "border-radius:12px}h1{margin:0 0 4px;font-size:20px}p{margin:0 0 14px;color:#4b5565}"
    "ul{list-style:none;margin:0;padding:0;display:grid;grid-template-columns:1fr 1fr;gap:10px}"
    "button{width:100%;display:flex;align-items:center;gap:12px;padding:10px;border:1px solid #d5d9e0;"
    "border-radius:10px;background:#fff;color:inherit;font:inherit;text-align:left;cursor:pointer;overflow-wrap:anywhere}"
    "button:hover,button:focus-visible{border-color:#1d2129;background:#f7f8fa}img{width:44px;height:44px;border-radius:8px}"
    ".no{justify-content:center;margin-top:14px;background:#eceef1;border:0}@media(max-width:430px){main{margin:0;"
    "border-radius:0}ul{grid-template-columns:1fr}}"
)


def language(accepted: str, asked: str = "") -> str:
    """The page's language: as asked for, else as the browser says; Chinese by default."""
    wanted = asked or accepted
    return "en" if wanted.lower().startswith("en") else "zh"


def choose_page(kind: str, app_name: str, hidden: Mapping[str, str], lang: str) -> str:
    """Who is it? One button a person, and one for nobody. `kind` is weixin, in_app or weibo."""
    words = _WORDS[lang]
    fields = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
        for name, value in hidden.items()
    )
    people = "".join(
        f'<li><button name="who" value="{one.key}"><img src="{picture_data(one)}" alt="">'
        f"{escape(one.nickname)}</button></li>"
        for one in PEOPLE.values()
    )
    return _page(
        kind, words, words[kind],
        f"<h1>{escape(app_name)}</h1><p>{words[f'{kind}_lead']}</p>"
        f'<form method="post">{fields}<ul>{people}</ul>'
        f'<button class="no" name="who" value="">{words["cancel"]}</button></form>'
        f"<p></p><p>{words['asks']}</p>",
    )  # fmt: skip


def refused_page(kind: str, said: str, lang: str) -> str:
    """Nobody can log in, and why: in the words of the real page."""
    words = _WORDS[lang]
    return _page(kind, words, words[kind], f"<h1>{words['refused']}</h1><p>{escape(said)}</p>")


def _page(kind: str, words: Mapping[str, str], title: str, rest: str) -> str:
    return (
        f'<!doctype html><html lang="{words["lang"]}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width,initial-scale=1"><title>{title}</title>'
        f'<style>{_STYLE}</style></head><body class="is-{kind}"><header>{title}</header>'
        f"<main>{rest}<p><small>{words['note']}</small></p></main></body></html>"
    )
