"""Opening a party (入驻) and giving it another level."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from zhanggui.journeys.party_opened import party_classified, party_opened
from zhanggui.parties.models import Party, PartyKind
from zhanggui.portals.platform.access import needs
from zhanggui.portals.platform.guarded.documents import Field, Form, Typed, acted, form_page
from zhanggui.portals.platform.names import party_name
from zhanggui.portals.platform.words import PARTY_KINDS

KINDS = [(kind, label) for kind, label in PARTY_KINDS.items() if kind != PartyKind.PLATFORM]


@needs("parties.change")
def new_party(request: HttpRequest) -> HttpResponse:
    """Open a party; orders name it by its code."""

    def make(typed: Typed) -> str:
        kind = typed.text("kind")
        row = party_opened(
            code=typed.text("code"), kind=PartyKind(kind) if kind in dict(KINDS) else PartyKind.MERCHANT,
            name={language: typed.text(language, required=False) for language in ("zh", "en")},
            level=typed.text("level", required=False), category=typed.text("category", required=False),
            at=timezone.now(), actor=request.user.get_username(),
        )  # fmt: skip
        return reverse("platform:party", args=[row.id])

    problem, gone = "", None
    if request.method == "POST":
        problem, gone = acted(request, "parties.change", {"make": make}, _("The party is open."))
    if gone:
        return gone
    form = Form(
        "make", _("The party"), _("Open it"),
        [
            Field("code", _("Code; orders and charges name the party by it, and it never changes")),
            Field("kind", _("Kind"), "select", KINDS),
            Field("zh", _("Name in Chinese"), required=False),
            Field("en", _("Name in English; one of the two is needed"), required=False),
            Field("level", _("Level, which fee rules may match"), required=False),
            Field("category", _("Merchant category, which fee rules may match"), required=False),
        ],
        _("It settles on the default terms of each business line until it has terms of its own."),
    ).typed(request.POST)  # fmt: skip
    return form_page(
        request, _("Open a party"), forms=[form], problem=problem, back=reverse("platform:parties")
    )


@needs("parties.change")
def classify_page(request: HttpRequest, party_id: int) -> HttpResponse:
    """Give a party another level or category; what is staged keeps those it had."""
    party = Party.objects.filter(id=party_id).exclude(kind=PartyKind.PLATFORM).first()
    if party is None:
        raise Http404(_("There is no such party."))
    back = reverse("platform:party", args=[party_id])

    def make(typed: Typed) -> str:
        party_classified(
            party_id=party_id, level=typed.text("level", required=False),
            category=typed.text("category", required=False), at=timezone.now(),
            actor=request.user.get_username(),
        )  # fmt: skip
        return back

    problem: Any = ""
    gone: HttpResponse | None = None
    if request.method == "POST":
        problem, gone = acted(request, "parties.change", {"make": make}, _("Level and category are set."))
    if gone:
        return gone
    form = Form(
        "make", _("What fee rules know it by"), _("Set it"),
        [
            Field("level", _("Code of the level; empty for none"), value=party.level_code, required=False),
            Field(
                "category", _("Code of the merchant category; empty for none"), value=party.category_code,
                required=False,
            ),
        ],
        _("Orders that come in from now on are rated by it; those that are here keep what they came with."),
    ).typed(request.POST)  # fmt: skip
    return form_page(
        request, _("Change level and category of %(party)s") % {"party": party_name(party)}, forms=[form],
        problem=problem, back=back,
    )  # fmt: skip
