"""A django-allauth provider of Weibo whose addresses come from the settings.

allauth's own takes an answer with an `error_code` for a person.
"""

import json
from typing import Any

from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialToken
from allauth.socialaccount.providers.oauth2.client import OAuth2Client, OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2Adapter
from allauth.socialaccount.providers.weibo.provider import WeiboProvider as AllauthWeibo
from allauth.utils import build_absolute_uri
from django.http import HttpRequest
from django.urls import reverse


class WeiboRefused(OAuth2Error):
    """Weibo said no. `error_code` is as its documents list them; 0 where the answer could not be read at all."""

    def __init__(self, error_code: int, said: str) -> None:
        super().__init__(f"Weibo: {error_code} {said}")
        self.error_code = error_code


class WeiboClient(OAuth2Client):
    """Changes codes for tokens."""

    def get_access_token(
        self, code: str, pkce_code_verifier: str | None = None, extra_data: Any = None
    ) -> dict[str, Any]:
        """What a code is worth, with the uid. Raises WeiboRefused."""
        asked = {
            "client_id": self.consumer_key, "client_secret": self.consumer_secret, "code": code,
            "grant_type": "authorization_code", "redirect_uri": self.callback_url,
        }  # fmt: skip
        with get_adapter().get_requests_session() as session:
            said = answered(session.post(self.access_token_url, data=asked))
        token, uid = said.get("access_token"), said.get("uid")
        if not (
            isinstance(token, str) and 0 < len(token) <= 2048 and isinstance(uid, str) and uid.isdecimal()
        ):
            raise WeiboRefused(0, "the answer names no token or no uid")
        return said


class WeiboAdapter(OAuth2Adapter):
    """Weibo's addresses."""

    provider_id = "weibo"
    client_class = WeiboClient

    @property
    def authorize_url(self) -> str:
        """Where people say who they are."""
        return self.get_provider().get_settings()["ADDRESS"] + "/oauth2/authorize"

    @property
    def access_token_url(self) -> str:
        """Where codes are changed."""
        return self.get_provider().get_settings()["ADDRESS"] + "/oauth2/access_token"

    def get_callback_url(self, request: HttpRequest, app: Any) -> str:
        """Where Weibo sends people back to, by the name the settings give."""
        return build_absolute_uri(request, reverse(self.get_provider().get_settings()["CALLBACK"]))

    def parse_token(self, data: dict[str, Any]) -> SocialToken:
        """The token, which is used at once and never kept."""
        return SocialToken(token=data["access_token"])

    def complete_login(self, request: HttpRequest, app: Any, token: SocialToken, **kwargs: Any) -> Any:
        """Who it is. Raises WeiboRefused."""
        uid = kwargs["response"]["uid"]
        address = self.get_provider().get_settings()["ADDRESS"] + "/2/users/show.json"
        with get_adapter().get_requests_session() as session:
            told = answered(session.get(address, params={"access_token": token.token, "uid": uid}))
        if told.get("idstr") != uid:
            raise WeiboRefused(0, "it told of another person than the one who logged in")
        said = {"idstr": uid, "screen_name": told.get("screen_name", "")}
        return self.get_provider().sociallogin_from_response(request, said)


class WeiboProvider(AllauthWeibo):
    """Log-in with Weibo. `says` is what `log_in_with_identity` wants to know."""

    oauth2_adapter_class = WeiboAdapter
    identity_provider = "weibo"

    def says(self, data: dict[str, Any]) -> dict[str, str]:
        """Who a person is: subject, union (Weibo has none: the uid is the same at every app), nickname."""
        name = data.get("screen_name")
        return {
            "subject": data["idstr"],
            "union": "",
            "nickname": name.strip() if isinstance(name, str) else "",
        }


def answered(response: Any) -> dict[str, Any]:
    """The JSON object that Weibo answered, as plain text. Raises WeiboRefused when it is none, or says that
    something is wrong."""
    try:
        said = json.loads(response.content)  # UTF-8, whatever the text type is taken for
    except ValueError as wrong:
        raise WeiboRefused(0, f"answered with status {response.status_code} and no JSON") from wrong
    if not isinstance(said, dict):
        raise WeiboRefused(0, "the answer is no JSON object")
    if response.status_code != 200 or said.get("error_code") or said.get("error"):
        code = said.get("error_code")
        raise WeiboRefused(code if isinstance(code, int) else 0, str(said.get("error", response.status_code)))
    return said
