"""django-allauth providers of WeChat whose addresses come from the settings.

allauth's own reads no unionid, takes an answer with an `errcode` for a person, and garbles Chinese nicknames where
the answer names its charset. Two apps of ours are two providers: the website's (QR connect) and the public account's
(inside WeChat); a person has another openid at each and one unionid over both.
"""

import json
from typing import Any
from urllib.parse import urlencode

from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialToken
from allauth.socialaccount.providers.oauth2.client import OAuth2Client, OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2Adapter
from allauth.socialaccount.providers.weixin.provider import WeixinProvider as AllauthWeixin
from allauth.utils import build_absolute_uri
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language

QUIET = "snsapi_base"
_LONGEST = 128


class WeixinRefused(OAuth2Error):
    """WeChat said no. `errcode` is as its documents list them; 0 where the answer could not be read at all."""

    def __init__(self, errcode: int, said: str) -> None:
        super().__init__(f"WeChat: {errcode} {said}")
        self.errcode = errcode


class WeixinClient(OAuth2Client):
    """Asks as WeChat wants to be asked."""

    def get_redirect_url(self, authorization_url: str, scope: Any, extra_params: dict[str, str]) -> str:
        """Where the browser goes: parameters in WeChat's order, which it insists on, and its fragment."""
        asked = {
            "appid": self.consumer_key, "redirect_uri": self.callback_url, "response_type": "code",
            "scope": ",".join(scope), "state": self.state, **extra_params,
        }  # fmt: skip
        return f"{authorization_url}?{urlencode(asked)}#wechat_redirect"

    def get_access_token(
        self, code: str, pkce_code_verifier: str | None = None, extra_data: Any = None
    ) -> dict[str, Any]:
        """What a code is worth, with the openid. Raises WeixinRefused."""
        asked = {
            "appid": self.consumer_key, "secret": self.consumer_secret, "code": code,
            "grant_type": "authorization_code",
        }  # fmt: skip
        with get_adapter().get_requests_session() as session:
            said = answered(session.get(self.access_token_url, params=asked))
        if not _is_name(said.get("access_token"), 2048) or not _is_name(said.get("openid")):
            raise WeixinRefused(0, "the answer names no token or no openid")
        return said


class WeixinAdapter(OAuth2Adapter):
    """The website's app: QR connect."""

    provider_id = "weixin"
    client_class = WeixinClient
    authorize_path = "/connect/qrconnect"

    @property
    def authorize_url(self) -> str:
        """Where people say who they are."""
        return self.get_provider().get_settings()["ADDRESS"] + self.authorize_path

    @property
    def access_token_url(self) -> str:
        """Where codes are changed."""
        return self.get_provider().get_settings()["API"] + "/sns/oauth2/access_token"

    def get_callback_url(self, request: HttpRequest, app: Any) -> str:
        """Where WeChat sends people back to, by the name the settings give."""
        return build_absolute_uri(request, reverse(self.get_provider().get_settings()["CALLBACK"]))

    def parse_token(self, data: dict[str, Any]) -> SocialToken:
        """The token, which is used at once and never kept."""
        return SocialToken(token=data["access_token"])

    def complete_login(self, request: HttpRequest, app: Any, token: SocialToken, **kwargs: Any) -> Any:
        """Who it is, as far as the scope says. Raises WeixinRefused."""
        given = kwargs["response"]
        said = {"openid": given["openid"], "unionid": given.get("unionid", "")}
        if given.get("scope") != QUIET:
            asked = {
                "access_token": token.token, "openid": given["openid"],
                "lang": "zh_CN" if (get_language() or "zh").startswith("zh") else "en",
            }  # fmt: skip
            address = self.get_provider().get_settings()["API"] + "/sns/userinfo"
            with get_adapter().get_requests_session() as session:
                told = answered(session.get(address, params=asked))
            if told.get("openid") != said["openid"]:
                raise WeixinRefused(0, "it told of another person than the one who logged in")
            said |= {"nickname": told.get("nickname", ""), "unionid": told.get("unionid", said["unionid"])}
        return self.get_provider().sociallogin_from_response(request, said)


class WeixinInAppAdapter(WeixinAdapter):
    """The public account's app: inside WeChat, where nobody scans anything."""

    provider_id = "weixin_in_app"
    authorize_path = "/connect/oauth2/authorize"


class WeixinProvider(AllauthWeixin):
    """Log-in at the website. `says` is what `log_in_with_identity` wants to know."""

    oauth2_adapter_class = WeixinAdapter
    identity_provider = "weixin"

    def says(self, data: dict[str, Any]) -> dict[str, str]:
        """Who a person is at this app: subject, union, nickname."""
        return {
            "subject": data["openid"], "union": _text(data.get("unionid")), "nickname": _text(data.get("nickname"))
        }  # fmt: skip


class WeixinInAppProvider(WeixinProvider):
    """Log-in inside WeChat: `snsapi_userinfo` asks the person, `snsapi_base` (QUIET) does not and names only the
    openid."""

    id = "weixin_in_app"
    name = "Weixin (in app)"
    oauth2_adapter_class = WeixinInAppAdapter

    def get_default_scope(self) -> list[str]:
        """The one that asks."""
        return ["snsapi_userinfo"]


def answered(response: Any) -> dict[str, Any]:
    """The JSON object that WeChat answered. Raises WeixinRefused when it is none, or says that something is wrong."""
    if response.status_code != 200:
        raise WeixinRefused(0, f"answered with status {response.status_code}")
    try:
        said = json.loads(response.content)  # UTF-8, whatever the text type is taken for
    except ValueError as wrong:
        raise WeixinRefused(0, "the answer is no JSON") from wrong
    if not isinstance(said, dict):
        raise WeixinRefused(0, "the answer is no JSON object")
    if said.get("errcode"):
        code = said["errcode"] if isinstance(said["errcode"], int) else 0
        raise WeixinRefused(code, _text(said.get("errmsg")))
    return said


def _text(said: object) -> str:
    return said.strip() if isinstance(said, str) else ""


def _is_name(said: object, longest: int = _LONGEST) -> bool:
    return isinstance(said, str) and 0 < len(said) <= longest
