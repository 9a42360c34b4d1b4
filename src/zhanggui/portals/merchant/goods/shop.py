"""The shop as buyers see it, and closing it for a while."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhanggui.money.errors import Refusal
from zhanggui.parties.models import Party, PartyKind
from zhanggui.portals.desk.goods import SHOP_STATES
from zhanggui.portals.desk.pictures import kept_picture
from zhanggui.portals.desk.refusals import refusal_text
from zhanggui.portals.desk.told.shops import why_suspended
from zhanggui.portals.merchant.standing import may_here, shop_page
from zhanggui.trade.catalogue.models import Shop, ShopState
from zhanggui.trade.catalogue.operations.change_shop import ADDRESS_PARTS, ShopDraft, change_shop
from zhanggui.trade.catalogue.operations.open_shop import open_shop
from zhanggui.trade.catalogue.operations.switch_shop import switch_shop

ADDRESS_LABELS = {
    "recipient": gettext_lazy("Recipient"), "phone": gettext_lazy("Phone"), "region": gettext_lazy("Region"),
    "city": gettext_lazy("City"), "street": gettext_lazy("Street"), "postcode": gettext_lazy("Postcode"),
}  # fmt: skip


@shop_page("own_goods.view")
def shop_settings(request: HttpRequest, party_id: int) -> HttpResponse:
    """Name, introduction, pictures, where goods come back to; open, close."""
    party = Party.objects.get(id=party_id)
    row = Shop.objects.select_related("banner", "logo").filter(merchant_id=party_id).first()
    changing = may_here(request, "own_shop.change") and party.kind == PartyKind.MERCHANT
    problem = ""
    if request.method == "POST":
        problem = _("Your role at this shop does not include this page.")
        if changing:
            problem = _acted(request, party, row)
        if not problem:
            return HttpResponseRedirect(request.path)
    context = {
        "title": _("Shop settings"), "shop": row, "changing": changing, "problem": problem,
        "badge": SHOP_STATES[row.state] if row else None,
        "why": why_suspended(row) if row else "",
        "typed": _typed(request, row) if row else {},
        "address": [
            (f"address-{part}", ADDRESS_LABELS[part],
             _field(request, f"address-{part}", row.return_address.get(part, "")))
            for part in ADDRESS_PARTS
        ] if row else [],
        "merchant": party.kind == PartyKind.MERCHANT,
        "breadcrumbs": [(_("Shop settings"), "")],
    }  # fmt: skip
    return render(request, "merchant/shop_settings.html", context, status=422 if problem else 200)


def _field(request: HttpRequest, name: str, there: Any) -> str:
    return request.POST.get(name, str(there)) if request.POST.get("act") == "save" else str(there)


def _typed(request: HttpRequest, row: Shop) -> dict[str, str]:
    there = {
        "name_zh": row.name.get("zh", ""), "name_en": row.name.get("en", ""), "intro_zh": row.intro.get("zh", ""),
        "intro_en": row.intro.get("en", ""), "hours": row.answer_hours,
    }  # fmt: skip
    return {name: _field(request, name, value) for name, value in there.items()}


def _acted(request: HttpRequest, party: Party, row: Shop | None) -> str:
    now, actor, act = timezone.now(), request.user.get_username(), request.POST.get("act", "")
    try:
        if row is None:
            with transaction.atomic():
                open_shop(merchant=party, at=now, actor=actor)
        elif act in (ShopState.OPEN, ShopState.CLOSED):
            with transaction.atomic():
                switch_shop(merchant_id=party.id, state=ShopState(act), at=now, actor=actor)
        else:
            draft = _draft(request, party.id, row)
            with transaction.atomic():
                change_shop(merchant_id=party.id, draft=draft, at=now, actor=actor)
    except Refusal as refusal:
        return refusal_text(refusal)
    messages.success(request, _("The shop is saved."))
    return ""


def _draft(request: HttpRequest, party_id: int, row: Shop) -> ShopDraft:
    typed = request.POST
    pictures = {}
    for name, there in (("banner", row.banner), ("logo", row.logo)):
        given = request.FILES.get(name)
        kept = "" if typed.get(f"drop-{name}") else there.digest if there else ""
        pictures[name] = kept_picture(given, owner_id=party_id) if given else kept
    hours = typed.get("hours", "").strip()
    return ShopDraft(
        name=row.name | {"zh": typed.get("name_zh", ""), "en": typed.get("name_en", "")},
        intro=row.intro | {"zh": typed.get("intro_zh", ""), "en": typed.get("intro_en", "")},
        return_address={part: typed.get(f"address-{part}", "") for part in ADDRESS_PARTS},
        answer_hours=int(hours) if hours.isascii() and hours.isdecimal() and len(hours) < 5 else 0,
        **pictures,
    )  # fmt: skip
