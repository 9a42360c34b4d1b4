"""Asking people: a shop, about a good or an order, or the platform; the buyer's questions, and each as a talk."""

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from zhanggui.money.errors import Refusal
from zhanggui.portals.desk.refusals import refusal_text
from zhanggui.portals.storefront.orders import own_orders
from zhanggui.portals.storefront.showing import for_buyers, show
from zhanggui.trade.buyers.queries import buyers_of
from zhanggui.trade.catalogue.models import Shop, ShopState, Spu, SpuState
from zhanggui.trade.questions.errors import UnknownQuestion
from zhanggui.trade.questions.models import Question
from zhanggui.trade.questions.operations.ask_question import ask_question
from zhanggui.trade.questions.operations.close_question import close_own_question
from zhanggui.trade.questions.operations.see_question import see_question
from zhanggui.trade.questions.operations.write_on import write_on
from zhanggui.trade.questions.queries import messages_of, question_of_buyer, questions_of_buyer
from zhanggui.trade.questions.rules import LONGEST
from zhanggui.trade.questions.states import is_open

PAGE_SIZE = 20


@for_buyers
def questions(request: HttpRequest) -> HttpResponse:
    """What the buyer asked, the latest written first; `?tab=open` leaves out what is closed."""
    rows = questions_of_buyer(buyers_of(request.buyer))
    tab = "open" if request.GET.get("tab") == "open" else ""
    if tab:
        rows = rows.filter(closed_at=None)
    page = int(request.GET["page"]) if request.GET.get("page", "").isdecimal() else 1
    page = min(max(page, 1), 1000)
    found = list(rows[(page - 1) * PAGE_SIZE : page * PAGE_SIZE + 1])
    shops = Shop.objects.in_bulk({row.merchant_id for row in found})
    context = {
        "title": _("My questions"), "tab": "me", "chosen": tab, "page": page, "more": len(found) > PAGE_SIZE,
        "tabs": [("", _("All")), ("open", pgettext("question", "Open"))],
        "rows": [(row, shops.get(row.merchant_id), _latest(row)) for row in found[:PAGE_SIZE]],
    }  # fmt: skip
    return show(request, "questions.html", context)


@for_buyers
def ask(request: HttpRequest) -> HttpResponse:
    """The form to ask, and asking: `?shop=` names the shop, without it the platform is asked; `?good=` and `?order=`
    say what about."""
    given = request.POST if request.method == "POST" else request.GET
    named = {name: given.get(name, "").replace("\x00", "")[:64] for name in ("shop", "good", "order")}
    shop = Shop.objects.filter(code=named["shop"]).exclude(state=ShopState.SUSPENDED).first()
    about = Spu.objects.filter(number=named["good"], supply=False, state=SpuState.LISTED).first()
    order = own_orders(request).filter(order_no=named["order"]).first()
    if (named["shop"] and shop is None) or (named["order"] and order is None):
        raise Http404
    problem = ""
    if request.method == "POST":
        try:
            with transaction.atomic():
                row = ask_question(
                    buyer=request.buyer, text=_typed(request), at=timezone.now(), shop=named["shop"],
                    spu_number=named["good"], order_no=named["order"],
                )  # fmt: skip
        except Refusal as refusal:
            problem = refusal_text(refusal)
        else:
            messages.success(request, _("Sent. The answer comes here, and you are told of it."))
            return HttpResponseRedirect(reverse("storefront:question", args=[row.question_no]))
    context = {
        "title": _("Ask the shop") if shop else _("Ask customer service"), "tab": "me", "shop": shop, "about": about,
        "order": order, "named": named, "problem": problem, "typed": request.POST.get("text", ""), "longest": LONGEST,
    }  # fmt: skip
    return show(request, "question_new.html", context, status=422 if problem else 200)


@for_buyers
def question(request: HttpRequest, number: str) -> HttpResponse:
    """One question as a talk; a POST writes on, or closes it."""
    row, problem = _own(request, number), ""
    if request.method == "POST":
        problem = _written(request, row)
        if not problem:
            return HttpResponseRedirect(
                f"{request.path}#write" if request.POST.get("act") != "close" else request.path
            )
    else:
        see_question(question=row, as_buyer=True)
    context = {
        "title": pgettext("questions", "Question"), "tab": "me", "question": row, "said": messages_of(row),
        "shop": Shop.objects.filter(merchant_id=row.merchant_id).first(), "open": is_open(row.state),
        "mark": _mark(row), "problem": problem, "typed": request.POST.get("text", ""), "longest": LONGEST,
    }  # fmt: skip
    return show(request, "question.html", context, status=422 if problem else 200)


@for_buyers
def question_state(request: HttpRequest, number: str) -> HttpResponse:
    """Whether something was written, for the page that waits."""
    return JsonResponse({"mark": _mark(_own(request, number))})


def _own(request: HttpRequest, number: str) -> Question:
    try:
        return question_of_buyer(number, buyers_of(request.buyer))
    except UnknownQuestion:
        raise Http404 from None


def _written(request: HttpRequest, row: Question) -> str:
    """Write on or close; what is wrong, or nothing."""
    mine, now = buyers_of(request.buyer), timezone.now()
    try:
        with transaction.atomic():
            if request.POST.get("act") == "close":
                close_own_question(question_no=row.question_no, buyer_ids=mine, at=now)
            else:
                write_on(
                    question_no=row.question_no,
                    buyer=request.buyer,
                    buyer_ids=mine,
                    text=_typed(request),
                    at=now,
                )
    except Refusal as refusal:
        return refusal_text(refusal)
    return ""


def _typed(request: HttpRequest) -> str:
    return request.POST.get("text", "").replace("\x00", "")


def _mark(row: Question) -> str:
    return f"{row.state} {row.said_at.isoformat()}"


def _latest(row: Question) -> str:
    last = row.messages.order_by("-id").values_list("text", flat=True).first()
    return str(last or "")
