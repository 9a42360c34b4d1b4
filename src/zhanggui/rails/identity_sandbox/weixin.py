"""WeChat's side: authorising at the website and inside WeChat, tokens, and who it is."""

from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import urlencode

from zhanggui.rails.identity_sandbox import apps, pages
from zhanggui.rails.identity_sandbox.apps import Apps
from zhanggui.rails.identity_sandbox.grants import CodeFault, Grants
from zhanggui.rails.identity_sandbox.people import PEOPLE, openid, unionid
from zhanggui.rails.sandbox_server.faults import FaultKind
from zhanggui.rails.sandbox_server.gateway import House
from zhanggui.rails.sandbox_server.messages import Answered, Asked, go_to, json_answer, page_answer
from zhanggui.rails.sandbox_server.router import Router

CODE_SECONDS, TOKEN_SECONDS = 600, 7200
PHONE_COOKIE = "sandbox_weixin_person"
_CODE_FAULTS = {
    CodeFault.UNKNOWN: (40029, "invalid code"),
    CodeFault.USED: (40163, "code been used"),
    CodeFault.EXPIRED: (42003, "code expired"),
}
_SCOPES = {"weixin": ("snsapi_login",), "in_app": ("snsapi_base", "snsapi_userinfo")}
_KINDS = {"weixin": apps.WEB, "in_app": apps.IN_APP}


class Weixin:
    """`/connect/...` for browsers, `/sns/...` for apps. What is wrong comes with status 200 and an `errcode`."""

    def __init__(self, house: House, registered: Apps, grants: Grants) -> None:
        self._house, self._apps, self._grants = house, registered, grants

    def add_to(self, routes: Router) -> None:
        """The addresses."""
        routes.add("GET", "/connect/qrconnect", lambda asked: self._ask(asked, "weixin"))
        routes.add("POST", "/connect/qrconnect", lambda asked: self._chosen(asked, "weixin"))
        routes.add("GET", "/connect/oauth2/authorize", lambda asked: self._ask(asked, "in_app"))
        routes.add("POST", "/connect/oauth2/authorize", lambda asked: self._chosen(asked, "in_app"))
        routes.add("GET", "/sns/oauth2/access_token", self._token)
        routes.add("GET", "/sns/userinfo", self._userinfo)

    def _ask(self, asked: Asked, kind: str) -> Answered:
        lang = pages.language(asked.headers.get("accept-language", ""), asked.query.get("lang", ""))
        wrong = self._wrong(asked, asked.query, kind)
        if wrong:
            return page_answer(pages.refused_page(kind, wrong, lang), 400)
        held = _person_of_phone(asked)
        if asked.query["scope"] == "snsapi_base" and held in PEOPLE:
            return self._back(asked.query, held)  # without asking: the person of this phone
        hidden = {name: asked.query.get(name, "") for name in ("appid", "redirect_uri", "scope", "state")}
        app = self._apps.find(asked.query["appid"], _KINDS[kind]) or {}
        hidden["response_type"] = "code"
        return page_answer(pages.choose_page(kind, app.get("name", ""), hidden, lang))

    def _chosen(self, asked: Asked, kind: str) -> Answered:
        wrong = self._wrong(asked, asked.form, kind)
        who = asked.form.get("who", "")
        if wrong or (who and who not in PEOPLE):
            return page_answer(pages.refused_page(kind, wrong or "who?", "zh"), 400)
        if not who:  # WeChat says no more than that nobody came
            back = {"state": asked.form["state"]} if asked.form.get("state") else {}
            return go_to(_with(asked.form["redirect_uri"], back))
        answered = self._back(asked.form, who)
        if kind == "in_app":
            cookie = f"{PHONE_COOKIE}={who}; Path=/; HttpOnly; SameSite=Lax"
            return Answered(answered.status, answered.body, {**answered.headers, "set-cookie": cookie})
        return answered

    def _wrong(self, asked: Asked, given: dict[str, str], kind: str) -> str:
        """What the real page says when it shows nothing else."""
        if self._apps.find(given.get("appid", ""), _KINDS[kind]) is None:
            return "AppID 参数错误"
        if not self._apps.takes_back(given.get("redirect_uri", "")):
            return (
                "redirect_uri 参数错误"
                if kind == "weixin"
                else "redirect_uri域名与后台配置不一致，错误码：10003"
            )
        if given.get("scope") not in _SCOPES[kind] or given.get("response_type") != "code":
            return "Scope 参数错误或没有 Scope 权限"
        if kind == "in_app" and "MicroMessenger" not in asked.headers.get("user-agent", ""):
            return "请在微信客户端打开链接"
        return ""

    def _back(self, given: dict[str, str], who: str) -> Answered:
        code = self._grants.give_code(
            "weixin", app=given["appid"], who=who, scope=given["scope"], back_to=given["redirect_uri"],
            seconds=CODE_SECONDS,
        )  # fmt: skip
        state = {"state": given["state"]} if given.get("state") else {}
        return go_to(_with(given["redirect_uri"], {"code": code} | state))

    def _token(self, asked: Asked) -> Answered:
        app = self._apps.find(asked.query.get("appid", ""), apps.WEB, apps.IN_APP)
        if app is None:
            return _refused(40013, "invalid appid")
        if asked.query.get("secret") != app["secret"]:
            return _refused(40125, "invalid appsecret")
        if asked.query.get("grant_type") != "authorization_code":
            return _refused(40002, "invalid grant_type")
        if not asked.query.get("code"):
            return _refused(41008, "missing code")
        granted = self._grants.use_code("weixin", asked.query["code"], app=app["id"])
        if isinstance(granted, CodeFault):
            return _refused(*_CODE_FAULTS[granted])
        said = {
            "access_token": self._grants.give_token("weixin", granted, seconds=TOKEN_SECONDS),
            "expires_in": TOKEN_SECONDS, "refresh_token": self._grants.give_code(
                "weixin refresh", app=app["id"], who=granted["who"], scope=granted["scope"], back_to="",
                seconds=30 * 86400,
            ),
            "openid": openid(self._apps.secret, app["id"], granted["who"]), "scope": granted["scope"],
        }  # fmt: skip
        return _said(said | self._union(granted["who"]))

    def _userinfo(self, asked: Asked) -> Answered:
        granted, is_over = self._grants.token("weixin", asked.query.get("access_token", ""))
        if granted is None:
            return _refused(40001, "invalid credential, access_token is invalid or not latest")
        if is_over:
            return _refused(42001, "access_token expired")
        if granted["scope"] == "snsapi_base":
            return _refused(48001, "api unauthorized")
        name = openid(self._apps.secret, granted["app"], granted["who"])
        if asked.query.get("openid") != name:
            return _refused(40003, "invalid openid")
        person = PEOPLE[granted["who"]]
        said = {
            "openid": name, "nickname": person.nickname, "sex": person.sex, "language": "", "city": person.city,
            "province": person.province, "country": "中国" if person.province else "", "privilege": [],
            "headimgurl": f"{self._house.address}/pictures/{person.key}.svg",
        }  # fmt: skip
        return _said(said | self._union(granted["who"]))

    def _union(self, who: str) -> dict[str, str]:
        """The unionid, unless this app is told to belong to no open platform: a fault OUTCOME of `unionid`."""
        if self._house.faults.take(FaultKind.OUTCOME, of="unionid"):
            return {}
        return {"unionid": unionid(self._apps.secret, who)}


def _with(address: str, more: dict[str, str]) -> str:
    return f"{address}{'&' if '?' in address else '?'}{urlencode(more)}" if more else address


def _person_of_phone(asked: Asked) -> str:
    try:
        held = SimpleCookie(asked.headers.get("cookie", "")).get(PHONE_COOKIE)
    except CookieError:
        return ""
    return held.value if held else ""


def _said(document: dict[str, Any]) -> Answered:
    return Answered(200, json_answer(document).body, {"content-type": "text/plain"})


def _refused(code: int, said: str) -> Answered:
    return _said({"errcode": code, "errmsg": f"{said}, rid: 6523-0a1b2c3d-4e5f6071"})
