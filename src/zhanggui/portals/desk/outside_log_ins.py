"""The apps of ours at WeChat and Weibo, as allauth wants to have them, from the environment."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured


def outside_log_ins(environment: Mapping[str, str]) -> dict[str, Any]:
    """This function will return SOCIALACCOUNT_PROVIDERS; a provider without an app has an empty list of them.

    Raises ImproperlyConfigured where a secret is missing or an address is none.
    """
    weixin = {
        "ADDRESS": _address(environment, "ZHANGGUI_WEIXIN_ADDRESS", "https://open.weixin.qq.com"),
        "API": _address(environment, "ZHANGGUI_WEIXIN_API", "https://api.weixin.qq.com"),
    }
    return {
        "weixin": weixin | {
            "APPS": _apps(environment, "ZHANGGUI_WEIXIN_APP_ID", "ZHANGGUI_WEIXIN_SECRET"),
            "CALLBACK": "storefront:weixin_callback",
        },
        "weixin_in_app": weixin | {
            "APPS": _apps(environment, "ZHANGGUI_WEIXIN_IN_APP_ID", "ZHANGGUI_WEIXIN_IN_APP_SECRET"),
            "CALLBACK": "storefront:weixin_in_app_callback",
        },
        "weibo": {
            "ADDRESS": _address(environment, "ZHANGGUI_WEIBO_ADDRESS", "https://api.weibo.com"),
            "APPS": _apps(environment, "ZHANGGUI_WEIBO_APP_ID", "ZHANGGUI_WEIBO_SECRET"),
            "CALLBACK": "storefront:weibo_callback",
        },
    }  # fmt: skip


def _apps(environment: Mapping[str, str], app: str, secret: str) -> list[dict[str, str]]:
    number, word = environment.get(app, "").strip(), environment.get(secret, "").strip()
    if bool(number) != bool(word):
        missing = secret if number else app
        raise ImproperlyConfigured(f"{missing} is missing; an app at WeChat or Weibo has an id and a secret")
    return [{"client_id": number, "secret": word}] if number else []


def _address(environment: Mapping[str, str], name: str, usual: str) -> str:
    address = environment.get(name, "").strip().rstrip("/") or usual
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ImproperlyConfigured(f"{name} is {address!r}; give an address such as {usual}")
    return address
