"""What a phone needs to put the mall beside its other apps: a web manifest in each language, and icons.

No service worker: without a network there is no mall.
"""

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

LANGUAGES = {"zh": "zh-hans", "en": "en"}
ICONS = ((192, "any"), (512, "any"), (512, "maskable"))
THEME, BACKGROUND = "#cb2d17", "#ffffff"


def manifest(request: HttpRequest, language: str) -> HttpResponse:
    """The manifest in a language; browsers ask for it without cookies, so the address says which."""
    if language not in LANGUAGES:
        raise Http404
    with override(LANGUAGES[language]):
        name, short = _("Zhanggui Mall"), _("Zhanggui")
        doors = [(_("My orders"), "storefront:orders"), (_("Cart"), "storefront:cart")]
        shortcuts = [{"name": label, "url": reverse(where)} for label, where in doors]
    home = reverse("storefront:home")
    said = {
        "id": home, "start_url": home, "scope": home, "name": name, "short_name": short,
        "lang": "zh-Hans" if language == "zh" else "en", "dir": "ltr", "display": "standalone",
        "theme_color": THEME, "background_color": BACKGROUND, "categories": ["shopping"], "shortcuts": shortcuts,
        "icons": [
            {
                "src": static(f"store/icon-{size}{'-maskable' if purpose == 'maskable' else ''}.png"),
                "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose,
            }
            for size, purpose in ICONS
        ],
    }  # fmt: skip
    answer = JsonResponse(said, content_type="application/manifest+json")
    answer.headers["Cache-Control"] = "public, max-age=3600"
    return answer
