"""What allauth asks us while somebody logs in at WeChat or Weibo.

allauth speaks the protocol and keeps the state. It never makes a user, stores no account and no token, and shows no
page: whatever it learns goes to `coming_back`, and its errors become sentences on our pages.
"""

import logging
from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.base.constants import AuthError
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _
from requests import RequestException

from zhanggui.portals.storefront.signing_in.coming_back import came_back, start_page
from zhanggui.portals.storefront.signing_in.providers import DOORS, configured
from zhanggui.rails.weibo.provider import WeiboProvider
from zhanggui.rails.weixin.provider import WeixinInAppProvider, WeixinProvider

PROVIDERS = {one.id: one for one in (WeixinProvider, WeixinInAppProvider, WeiboProvider)}
log = logging.getLogger(__name__)


class LogInsElsewhere(DefaultSocialAccountAdapter):
    """The adapter (SOCIALACCOUNT_ADAPTER)."""

    def get_provider(self, request: HttpRequest, provider: str, client_id: str | None = None) -> Any:
        """The provider with our app there. Raises Http404 when we have none."""
        app = configured(provider)
        if app is None or provider not in PROVIDERS:
            raise Http404(_("There is no such log-in."))
        return PROVIDERS[provider](
            request, app=SocialApp(provider=provider, client_id=app["client_id"], secret=app["secret"])
        )

    def list_apps(
        self, request: HttpRequest, provider: str | None = None, client_id: str | None = None
    ) -> list[Any]:
        """None in the database: apps are settings."""
        return []

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Somebody is vouched for: here allauth's own flow ends."""
        raise ImmediateHttpResponse(came_back(request, sociallogin))

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Never: buyers are made by `log_in_with_identity`."""
        return False

    def save_user(self, request: HttpRequest, sociallogin: Any, form: Any = None) -> Any:
        """Nobody is made here."""
        raise PermissionDenied

    def on_authentication_error(
        self, request: HttpRequest, provider: Any, error: Any = None, exception: Any = None,
        extra_context: Any = None,
    ) -> None:  # fmt: skip
        """Say what went wrong, and where to begin again."""
        if exception is not None:
            log.warning("log-in with %s failed: %s", provider.id, exception)
        said = _sentence(request, provider, error, exception, extra_context or {})
        messages.warning(request, said)
        raise ImmediateHttpResponse(start_page(request))


def _sentence(
    request: HttpRequest, provider: Any, error: Any, exception: Any, context: dict[str, Any]
) -> str:
    name = {"name": DOORS[provider.id].name}
    if "state_id" in context:
        return _("This log-in was begun elsewhere, or too long ago. Begin again.")
    if isinstance(exception, RequestException):
        return _("%(name)s does not answer. Try again later, or log in another way.") % name
    if exception is not None:
        return (
            _("%(name)s refused the log-in. Begin again; what it allowed is good for one time only.") % name
        )
    # WeChat says no more of somebody who declines than that there is no code.
    if error == AuthError.CANCELLED or "error" not in request.GET:
        return _("You did not log in with %(name)s.") % name
    return _("%(name)s refused the log-in. Begin again.") % name
