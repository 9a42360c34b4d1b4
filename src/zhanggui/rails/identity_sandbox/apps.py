"""Apps that are registered at WeChat and Weibo, and what our side is configured with for them."""

import secrets
from collections.abc import Mapping
from urllib.parse import urlsplit

from zhanggui.rails.sandbox_server.gateway import House
from zhanggui.rails.sandbox_server.store import Document

WEB, IN_APP, WEIBO = "weixin web", "weixin in app", "weibo"
DOMAINS = ["127.0.0.1", "localhost", "testserver"]


class Apps:
    """The mall's apps: a website app and a public account at WeChat, one app at Weibo. Made when the folder is new.

    They send people back to registered domains only; `POST /sandbox/domains` registers others.
    """

    def __init__(self, house: House) -> None:
        self._house = house
        with house.store.change():
            if house.store.get("sandbox", "secret") is None:
                house.store.put("sandbox", "secret", {"secret": secrets.token_hex(32)})
                house.store.put("sandbox", "domains", {"domains": DOMAINS})
                for name, made in ((WEB, "wx"), (IN_APP, "wx"), (WEIBO, "")):
                    number = (
                        made + secrets.token_hex(8) if made else str(10**9 + secrets.randbelow(9 * 10**9))
                    )
                    house.store.put("app", number, {
                        "sort": name, "id": number, "secret": secrets.token_hex(16), "name": "掌柜商城 Zhanggui Mall",
                    })  # fmt: skip

    @property
    def secret(self) -> str:
        """What the people's ids are made from."""
        kept = self._house.store.get("sandbox", "secret") or {}
        return str(kept["secret"])

    def find(self, number: str, *sorts: str) -> Document | None:
        """The app with this id, if it is of one of the sorts."""
        found = self._house.store.get("app", number)
        return found if found and found["sort"] in sorts else None

    def takes_back(self, address: str) -> bool:
        """Whether people may be sent to this address: http(s), at a registered domain."""
        try:
            parts = urlsplit(address)
        except ValueError:
            return False
        kept = self._house.store.get("sandbox", "domains") or {}
        return parts.scheme in ("http", "https") and parts.hostname in kept.get("domains", [])

    def register_domains(self, domains: list[str]) -> None:
        """Send people back to these domains only."""
        self._house.store.put("sandbox", "domains", {"domains": [str(one) for one in domains]})

    def settings(self) -> Mapping[str, str]:
        """The environment that connects our side."""
        web, in_app, weibo = (self._house.store.every("app", sort=sort)[0] for sort in (WEB, IN_APP, WEIBO))
        here = self._house.address
        return {
            "ZHANGGUI_WEIXIN_ADDRESS": here, "ZHANGGUI_WEIXIN_API": here,
            "ZHANGGUI_WEIXIN_APP_ID": web["id"], "ZHANGGUI_WEIXIN_SECRET": web["secret"],
            "ZHANGGUI_WEIXIN_IN_APP_ID": in_app["id"], "ZHANGGUI_WEIXIN_IN_APP_SECRET": in_app["secret"],
            "ZHANGGUI_WEIBO_ADDRESS": here, "ZHANGGUI_WEIBO_APP_ID": weibo["id"],
            "ZHANGGUI_WEIBO_SECRET": weibo["secret"],
        }  # fmt: skip
