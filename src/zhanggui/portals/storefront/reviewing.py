"""Writing reviews of what was received, with pictures."""

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from zhanggui.money.errors import Refusal
from zhanggui.portals.desk.pictures import picture_folder
from zhanggui.portals.desk.refusals import refusal_text
from zhanggui.portals.storefront.bill import choice_of, specification_names
from zhanggui.portals.storefront.orders import own_orders
from zhanggui.portals.storefront.showing import for_buyers, show
from zhanggui.trade.buyers.queries import buyers_of
from zhanggui.trade.catalogue.operations.keep_picture import keep_picture
from zhanggui.trade.catalogue.rules.pictures import MOST_BYTES, DrawnPicture, drawn_picture
from zhanggui.trade.orders.models import OrderLine
from zhanggui.trade.reviews.errors import ReviewWrong
from zhanggui.trade.reviews.operations.write_review import write_review
from zhanggui.trade.reviews.queries import lines_to_review
from zhanggui.trade.reviews.rules import LONGEST, MOST_PICTURES


@for_buyers
def review(request: HttpRequest, number: str) -> HttpResponse:
    """The lines of an order that are not reviewed yet, one form each; a POST writes one review."""
    order = own_orders(request).filter(order_no=number).first()
    if order is None:
        raise Http404
    said, typed = "", {}
    if request.method == "POST":
        typed = {
            "line": request.POST.get("line", ""),
            "rating": request.POST.get("rating", ""),
            "text": request.POST.get("text", ""),
        }
        try:
            _write(request)
        except Refusal as refusal:
            said = refusal_text(refusal)
        else:
            messages.success(request, _("Thank you. Your review is on the good’s page."))
            left = lines_to_review(order_id=order.id)
            name, argument = ("storefront:review", number) if left else ("storefront:order", number)
            return HttpResponseRedirect(reverse(name, args=[argument]))
    lines = lines_to_review(order_id=order.id)
    kinds = specification_names(lines)
    context = {
        "title": _("Review"), "tab": "me", "order": order, "said": said, "typed": typed, "longest": LONGEST,
        "lines": [(line, choice_of(line.specs, kinds)) for line in lines], "most": MOST_PICTURES,
    }  # fmt: skip
    return show(request, "review.html", context, status=422 if said else 200)


def _write(request: HttpRequest) -> None:
    """One review from the form; pictures are decoded and drawn anew before anything is kept."""
    line, rating = request.POST.get("line", ""), request.POST.get("rating", "")
    if not line.isdecimal() or len(line) > 18 or not OrderLine.objects.filter(id=int(line)).exists():
        raise Http404
    drawn = given_pictures(request, MOST_PICTURES)
    now = timezone.now()
    with transaction.atomic():
        kept = [keep_picture(drawn=one, owner_id=0, folder=picture_folder(), at=now).digest for one in drawn]
        write_review(
            buyer_ids=buyers_of(request.buyer),
            line_id=int(line),
            rating=int(rating) if rating in "12345" and rating else 0,
            text=request.POST.get("text", "").replace("\x00", ""),
            pictures=kept,
            anonymous=request.POST.get("anonymous") == "1",
            at=now,
        )


def given_pictures(request: HttpRequest, most: int) -> list[DrawnPicture]:
    """The pictures of a form, decoded and drawn anew. Raises ReviewWrong for too many, PictureRefused for what is
    none."""
    files = request.FILES.getlist("pictures")
    if len(files) > most:
        raise ReviewWrong(f"a review shows {most} pictures at most; leave some out", most=most)
    return [drawn_picture(file.read(MOST_BYTES + 1), name=file.name or "") for file in files]
