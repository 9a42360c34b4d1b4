"""The sandbox of log-ins: WeChat and Weibo behind one address."""

from collections.abc import Mapping
from typing import Any

from zhanggui.rails.identity_sandbox.apps import Apps
from zhanggui.rails.identity_sandbox.grants import Grants
from zhanggui.rails.identity_sandbox.people import PEOPLE, openid, picture, unionid, weibo_uid
from zhanggui.rails.identity_sandbox.weibo import Weibo
from zhanggui.rails.identity_sandbox.weixin import Weixin
from zhanggui.rails.sandbox_server.callbacks import Writing
from zhanggui.rails.sandbox_server.gateway import House, Letter
from zhanggui.rails.sandbox_server.messages import Answered, Asked, json_answer
from zhanggui.rails.sandbox_server.router import Router
from zhanggui.rails.sandbox_server.store import Document


class IdentitySandbox:
    """Answers browsers and apps. It signs nothing and calls nobody back: OAuth2 has neither."""

    name = "identity"
    retry_seconds: tuple[int, ...] = ()

    def __init__(self, house: House) -> None:
        self._apps = Apps(house)
        self.routes = Router()
        grants = Grants(house)
        Weixin(house, self._apps, grants).add_to(self.routes)
        Weibo(house, self._apps, grants).add_to(self.routes)
        self.routes.add("GET", "/pictures/{file}", _picture)
        self.routes.add("POST", "/sandbox/domains", self._domains)
        self.routes.add("GET", "/sandbox/people", self._people)

    def answer(self, asked: Asked) -> Answered:
        """The answer of the address, 404 where there is none."""
        found = self.routes.find(asked)
        return found[0](found[1]) if found else json_answer({"message": "there is no such address"}, 404)

    def sealed(self, answered: Answered, asked: Asked, *, wrong: bool) -> Answered:
        """As it is."""
        return answered

    def letter(self, callback: Document, writing: Writing) -> Letter:
        """There are none."""
        raise NotImplementedError("nobody is called back")

    def is_taken(self, status: int, body: bytes) -> bool:
        """Whatever would be answered."""
        return True

    def client(self) -> Mapping[str, Any]:
        """The environment of our side."""
        return {"environment": dict(self._apps.settings())}

    def _domains(self, asked: Asked) -> Answered:
        """Register the domains that people are sent back to: {"domains": [...]}."""
        try:
            self._apps.register_domains(list(asked.document["domains"]))
        except (ValueError, KeyError, TypeError) as wrong:
            return json_answer({"message": f"domains: a list of names ({wrong})"}, 400)
        return json_answer(asked.document)

    def _people(self, asked: Asked) -> Answered:
        """Everybody, with what each app knows them by."""
        del asked
        ids = self._apps.settings()
        secret = self._apps.secret
        return json_answer({
            key: {
                "nickname": person.nickname, "unionid": unionid(secret, key), "weibo": weibo_uid(secret, key),
                "web": openid(secret, ids["ZHANGGUI_WEIXIN_APP_ID"], key),
                "in_app": openid(secret, ids["ZHANGGUI_WEIXIN_IN_APP_ID"], key),
            }
            for key, person in PEOPLE.items()
        })  # fmt: skip


def _picture(asked: Asked) -> Answered:
    person = PEOPLE.get(asked.parts["file"].removesuffix(".svg"))
    if person is None:
        return json_answer({"message": "nobody looks like this"}, 404)
    return Answered(200, picture(person).encode(), {"content-type": "image/svg+xml"})
