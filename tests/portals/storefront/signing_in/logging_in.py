"""Somebody with a browser who logs in at the mall, over WeChat and Weibo as the sandbox plays them."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
from django.test import Client

from tests.rails.sandboxes import Sandbox

IN_WECHAT = "Mozilla/5.0 (iPhone) MicroMessenger/8.0.50"
PASSWORD = "oolong-und-regen-17"


@dataclass
class Person:
    """A person with a browser: `client` talks to the mall, `outside` to the sandbox."""

    sandbox: Sandbox
    agent: str = "Mozilla/5.0"
    client: Client = field(default_factory=Client)

    def __post_init__(self) -> None:
        self.client = Client(headers={"user-agent": self.agent, "accept-language": "en"})
        self.client.cookies["django_language"] = "en"

    def begin(self, door: str, next_url: str = "") -> str:
        """Press the button; where the browser is sent, at WeChat or Weibo."""
        answer = self.client.post(f"/sign-in/{door}/", {"next": next_url})
        assert answer.status_code == 302, answer.content.decode()
        return answer["Location"]

    def allow(self, address: str, who: str) -> str:
        """Say who it is there (nobody: decline); where one is sent back to."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        with httpx.Client(trust_env=False, headers={"user-agent": self.agent}) as outside:
            assert outside.get(address).status_code == 200
            answer = outside.post(address.partition("?")[0], data=asked | {"who": who})
        assert answer.status_code == 303, answer.text
        return answer.headers["location"]

    def come_back(self, address: str) -> Any:
        """Follow the way back to the mall."""
        parts = urlsplit(address)
        return self.client.get(f"{parts.path}?{parts.query}")

    def log_in(self, door: str, who: str = "lin", next_url: str = "") -> Any:
        """The whole way."""
        return self.come_back(self.allow(self.begin(door, next_url), who))

    def sign_up(self, username: str, /, **more: str) -> Any:
        typed = {"username": username, "password": PASSWORD, "again": PASSWORD}
        return self.client.post("/sign-up/", typed | more)

    def sign_in(self, username: str, password: str = PASSWORD, /, **more: str) -> Any:
        return self.client.post("/sign-in/", {"username": username, "password": password} | more)

    def page(self, address: str = "/me/account/") -> str:
        """A page as text; the messages that waited are in it."""
        return self.client.get(address, follow=True).content.decode()
