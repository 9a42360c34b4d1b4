"""Which log-ins elsewhere there are: WeChat's two, and Weibo's, as far as the settings name an app."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

NAMES: dict[str, Promise] = {"weixin": gettext_lazy("WeChat"), "weibo": gettext_lazy("Weibo")}


@dataclass(frozen=True)
class Door:
    """A log-in elsewhere: its code in addresses, and the provider as buyers' identities name it."""

    code: str
    provider: str

    @property
    def name(self) -> Any:
        """As people call it."""
        return NAMES[self.provider]


DOORS = {
    one.code: one
    for one in (Door("weixin", "weixin"), Door("weixin_in_app", "weixin"), Door("weibo", "weibo"))
}


def open_doors(request: HttpRequest) -> list[Door]:
    """The log-ins that a browser can use: inside WeChat the one of there, which asks without a second screen."""
    inside = "MicroMessenger" in request.headers.get("User-Agent", "")
    left_out = "weixin" if inside else "weixin_in_app"
    return [one for one in DOORS.values() if one.code != left_out and configured(one.code)]


def configured(code: str) -> dict[str, str] | None:
    """The app of ours behind a door, if there is one."""
    apps = settings.SOCIALACCOUNT_PROVIDERS.get(code, {}).get("APPS", [])
    return apps[0] if apps else None


def origins() -> list[str]:
    """Where forms of ours may lead: browsers hold a page to this over redirects too."""
    found = set()
    for code in DOORS:
        if configured(code):
            parts = urlsplit(settings.SOCIALACCOUNT_PROVIDERS[code]["ADDRESS"])
            found.add(f"{parts.scheme}://{parts.netloc}")
    return sorted(found)
