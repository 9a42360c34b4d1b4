"""One good of the shop: its page with what can be done now, and its form."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from zhanggui.money.errors import Refusal
from zhanggui.parties.models import Party, PartyKind
from zhanggui.parties.tenancy import as_tenant
from zhanggui.portals.desk.details import Action, Detail, Fact
from zhanggui.portals.desk.goods import GOODS_KINDS, GOODS_STATES, goods_steps, goods_view
from zhanggui.portals.desk.goods_acts import STEPS, good_stepped
from zhanggui.portals.desk.refusals import refusal_text
from zhanggui.portals.desk.written import reason_text
from zhanggui.portals.merchant.goods.form import GoodsForm, Mistyped, problem_of
from zhanggui.portals.merchant.goods.listed import category_choices
from zhanggui.portals.merchant.listing import currencies_of
from zhanggui.portals.merchant.standing import may_here, shop_page
from zhanggui.trade.catalogue.models import Category, SkuPrice, Spu, SpuState
from zhanggui.trade.catalogue.operations.change_goods import change_goods
from zhanggui.trade.catalogue.operations.draft_goods import draft_goods
from zhanggui.trade.catalogue.rules.goods import SkuDraft, spec_key


def own_good(party_id: int, number: str) -> Spu:
    """A good of the shop; others are not there."""
    with as_tenant(party_id):
        there = Spu.objects.filter(owner_id=party_id, number=number).exists()
    if not there:
        raise Http404(_("There is no such good."))
    return Spu.objects.select_related("category__product_type", "category__parent", "brand", "source").get(
        number=number
    )


@shop_page("own_goods.view")
def good(request: HttpRequest, party_id: int, number: str) -> HttpResponse:
    """A good: its words, pictures, SKUs, steps, and what can be done."""
    spu = own_good(party_id, number)
    with as_tenant(party_id):
        currency = currencies_of(party_id)[0]
    view = goods_view(spu, currency)
    facts = [
        Fact(_("Kind"), GOODS_KINDS[spu.kind]),
        Fact(_("Sold"), f"{spu.sold:,}"),
        Fact(_("Reviews"), f"{spu.rating_count:,}"),
    ]
    if spu.source:
        facts.append(Fact(_("Supply goods"), spu.source.number,
                          href=reverse("merchant:supply_good", args=[spu.source.number])))  # fmt: skip
    latest = spu.steps.order_by("-id").first()
    notice = ""
    if latest and spu.state in (SpuState.REFUSED, SpuState.BANNED):
        notice = _("The platform says: %(reason)s") % {"reason": reason_text(latest.note)}
    detail = Detail(
        number=spu.number, kind=_("Good"), badge=GOODS_STATES[spu.state], facts=facts, steps=goods_steps(spu),
        actions=_actions(request, spu), notice=notice,
        breadcrumbs=[(pgettext("catalogue", "Goods"), reverse("merchant:goods"))],
    )  # fmt: skip
    return render(request, "merchant/good.html", {"detail": detail, "view": view})


def _actions(request: HttpRequest, spu: Spu) -> list[Action]:
    if not may_here(request, "own_goods.change"):
        return []
    url = reverse("merchant:good_act", args=[spu.number])

    def button(act: str, label: str, kind: Any = "primary", confirm: str = "") -> Action:
        return Action(label, url, kind, post=True, fields=[("act", act)], confirm=confirm)

    found = [Action(_("Change"), reverse("merchant:edit_good", args=[spu.number]))]
    if spu.supply:
        found.append(Action(_("Supply prices"), reverse("supplier:supply_prices", args=[spu.number])))
    if not spu.source_id:
        found.append(Action(_("Stock"), f"{reverse('merchant:stock')}?q={spu.number}"))
    if spu.state in (SpuState.DRAFT, SpuState.REFUSED):
        found.append(button("submit", _("Submit for review")))
    elif spu.state == SpuState.SUBMITTED:
        found.append(button("withdraw", _("Take back from review"), "plain"))
    elif spu.state == SpuState.LISTED:
        found.append(button("unlist", _("Take off sale"), "danger", _("Take this good off sale?")))
    elif spu.state == SpuState.UNLISTED:
        found.append(button("relist", _("Put on sale again")))
    return found


@shop_page("own_goods.change")
def good_act(request: HttpRequest, party_id: int, number: str) -> HttpResponse:
    """Bring a good a step further."""
    step = request.POST.get("act", "")
    if request.method == "POST" and step in STEPS:
        try:
            good_stepped(
                number=number,
                owner_id=party_id,
                step=step,
                at=timezone.now(),
                actor=request.user.get_username(),
            )
        except Refusal as refusal:
            messages.error(request, refusal_text(refusal))
        else:
            messages.success(request, _("Good %(number)s: done.") % {"number": number})
    return HttpResponseRedirect(reverse("merchant:good", args=[number]))


@shop_page("own_goods.change")
def new_good(request: HttpRequest, party_id: int) -> HttpResponse:
    """Choose a category, then fill in what its type asks for."""
    code = request.POST.get("category") or request.GET.get("category", "")
    category = _category(code)
    if category is None:
        context = {
            "title": _("New good"), "choices": category_choices(),
            "breadcrumbs": [(pgettext("catalogue", "Goods"), reverse("merchant:goods")), (_("New good"), "")],
        }  # fmt: skip
        return render(request, "merchant/good_category.html", context)
    return _form_page(request, party_id, category, None)


@shop_page("own_goods.change")
def edit_good(request: HttpRequest, party_id: int, number: str) -> HttpResponse:
    """Change a good."""
    spu = own_good(party_id, number)
    category = _category(request.POST.get("category", "")) or spu.category
    return _form_page(request, party_id, category, spu)


def _category(code: str) -> Category | None:
    rows = Category.objects.select_related("product_type", "parent")
    return rows.filter(code=code, parent__isnull=False).first()


def _form_page(request: HttpRequest, party_id: int, category: Category, spu: Spu | None) -> HttpResponse:
    form = GoodsForm(request, category, spu)
    supplier = Party.objects.get(id=party_id).kind == PartyKind.SUPPLIER
    problem = ""
    if request.method == "POST" and request.POST.get("act") != "more":
        try:
            saved = _saved(request, party_id, form, spu, supplier)
        except (Refusal, Mistyped) as error:
            problem = problem_of(error)
        else:
            messages.success(request, _("Good %(number)s is saved.") % {"number": saved.number})
            return HttpResponseRedirect(reverse("merchant:good", args=[saved.number]))
    title = _("Change %(number)s") % {"number": spu.number} if spu else _("New good")
    context = {
        "title": title, "form": form, "problem": problem, "spu": spu, "category": category,
        "supplier": supplier, "listing": bool(spu and spu.source_id),
        "reviewed": bool(spu and spu.state == SpuState.LISTED),
        "back": reverse("merchant:good", args=[spu.number]) if spu else reverse("merchant:goods"),
        "breadcrumbs": [(pgettext("catalogue", "Goods"), reverse("merchant:goods")), (title, "")],
    }  # fmt: skip
    return render(request, "merchant/good_form.html", context, status=422 if problem else 200)


def _saved(request: HttpRequest, party_id: int, form: GoodsForm, spu: Spu | None, supplier: bool) -> Spu:
    draft = form.draft(party_id)
    now, actor = timezone.now(), request.user.get_username()
    with transaction.atomic():
        if spu is None:
            return draft_goods(owner_id=party_id, draft=draft, at=now, actor=actor, supply=supplier)
        if supplier:
            draft = replace(draft, skus=_as_quoted(draft.skus, spu))
        return change_goods(number=spu.number, owner_id=party_id, draft=draft, at=now, actor=actor)


def _as_quoted(skus: Sequence[SkuDraft], spu: Spu) -> list[SkuDraft]:
    """SKUs at the supply prices that are quoted: another price is a quote, and the shops that list it are told."""
    quoted = {
        (spec_key(row.sku.specs), row.currency): row.price_minor
        for row in SkuPrice.objects.filter(sku__spu=spu).select_related("sku")
    }
    return [
        replace(sku, prices={
            code: replace(one, price_minor=quoted.get((spec_key(sku.specs), code), one.price_minor))
            for code, one in sku.prices.items()
        })
        for sku in skus
    ]  # fmt: skip
