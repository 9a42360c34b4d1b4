"""Weibo's side: authorising, tokens, and who it is."""

from typing import Any
from urllib.parse import urlencode

from zhanggui.rails.identity_sandbox import apps, pages
from zhanggui.rails.identity_sandbox.apps import Apps
from zhanggui.rails.identity_sandbox.grants import CodeFault, Grants
from zhanggui.rails.identity_sandbox.people import PEOPLE, weibo_uid
from zhanggui.rails.sandbox_server.gateway import House
from zhanggui.rails.sandbox_server.messages import Answered, Asked, go_to, json_answer, page_answer
from zhanggui.rails.sandbox_server.router import Router

CODE_SECONDS, TOKEN_SECONDS = 300, 157_679_999


class Weibo:
    """`/oauth2/...` and `/2/users/show.json`. What is wrong comes with status 400 and an `error_code`."""

    def __init__(self, house: House, registered: Apps, grants: Grants) -> None:
        self._house, self._apps, self._grants = house, registered, grants

    def add_to(self, routes: Router) -> None:
        """The addresses."""
        routes.add("GET", "/oauth2/authorize", self._ask)
        routes.add("POST", "/oauth2/authorize", self._chosen)
        routes.add("POST", "/oauth2/access_token", self._token)
        routes.add("GET", "/2/users/show.json", self._user)

    def _ask(self, asked: Asked) -> Answered:
        lang = pages.language(asked.headers.get("accept-language", ""), asked.query.get("language", ""))
        wrong = self._wrong(asked.query)
        if wrong:
            return page_answer(pages.refused_page("weibo", wrong, lang), 400)
        hidden = {name: asked.query.get(name, "") for name in ("client_id", "redirect_uri", "state")}
        app = self._apps.find(asked.query["client_id"], apps.WEIBO) or {}
        return page_answer(
            pages.choose_page("weibo", app.get("name", ""), hidden | {"response_type": "code"}, lang)
        )

    def _chosen(self, asked: Asked) -> Answered:
        given, who = asked.form, asked.form.get("who", "")
        wrong = self._wrong(given)
        if wrong or (who and who not in PEOPLE):
            return page_answer(pages.refused_page("weibo", wrong or "who?", "zh"), 400)
        state = {"state": given["state"]} if given.get("state") else {}
        if not who:
            said = {
                "error": "access_denied", "error_code": "21330", "error_uri": "/oauth2/authorize",
                "error_description": "user denied your request.",
            }  # fmt: skip
            return go_to(f"{given['redirect_uri']}?{urlencode(said | state)}")
        code = self._grants.give_code(
            "weibo", app=given["client_id"], who=who, scope="", back_to=given["redirect_uri"],
            seconds=CODE_SECONDS,
        )  # fmt: skip
        return go_to(f"{given['redirect_uri']}?{urlencode(state | {'code': code})}")

    def _wrong(self, given: dict[str, str]) -> str:
        if self._apps.find(given.get("client_id", ""), apps.WEIBO) is None:
            return "error:invalid_client 21324"
        if not self._apps.takes_back(given.get("redirect_uri", "")):
            return "error:redirect_uri_mismatch 21322"
        return "" if given.get("response_type") == "code" else "error:unsupported_response_type 21329"

    def _token(self, asked: Asked) -> Answered:
        given = asked.form
        app = self._apps.find(given.get("client_id", ""), apps.WEIBO)
        if app is None or given.get("client_secret") != app["secret"]:
            return _refused(asked, "invalid_client", 21324, "client_id or client_secret error")
        if given.get("grant_type") != "authorization_code":
            return _refused(asked, "unsupported_grant_type", 21328, "unsupported grant type")
        code = given.get("code", "")
        granted = self._grants.use_code("weibo", code, app=app["id"])
        if isinstance(granted, CodeFault):
            return _refused(asked, "invalid_grant", 21325, f"invalid authorization code:{code}")
        if given.get("redirect_uri") != granted["back_to"]:
            return _refused(asked, "redirect_uri_mismatch", 21322, "redirect_uri_mismatch")
        return _said({
            "access_token": self._grants.give_token("weibo", granted, seconds=TOKEN_SECONDS),
            "remind_in": str(TOKEN_SECONDS), "expires_in": TOKEN_SECONDS, "isRealName": "true",
            "uid": weibo_uid(self._apps.secret, granted["who"]),
        })  # fmt: skip

    def _user(self, asked: Asked) -> Answered:
        granted, is_over = self._grants.token("weibo", asked.query.get("access_token", ""))
        if granted is None:
            return _refused(asked, "invalid_access_token", 21332)
        if is_over:
            return _refused(asked, "expired_token", 21327)
        uid = weibo_uid(self._apps.secret, granted["who"])
        if asked.query.get("uid") != uid:
            return _refused(asked, "User does not exists!", 20003)
        person = PEOPLE[granted["who"]]
        picture = f"{self._house.address}/pictures/{person.key}.svg"
        return _said({
            "id": int(uid), "idstr": uid, "screen_name": person.nickname, "name": person.nickname,
            "location": f"{person.province} {person.city}".strip(), "description": "", "url": "",
            "profile_image_url": picture, "profile_url": f"u/{uid}", "avatar_large": picture,
            "gender": {1: "m", 2: "f"}.get(person.sex, "n"), "verified": False, "lang": "zh-cn",
        })  # fmt: skip


def _said(document: dict[str, Any], status: int = 200) -> Answered:
    # Weibo sends its JSON as text/plain.
    return Answered(status, json_answer(document).body, {"content-type": "text/plain;charset=UTF-8"})


def _refused(asked: Asked, error: str, code: int, description: str = "") -> Answered:
    said: dict[str, Any] = {"error": error, "error_code": code, "request": asked.path}
    if description:
        said |= {"error_uri": asked.path, "error_description": description}
    return _said(said, 400)
