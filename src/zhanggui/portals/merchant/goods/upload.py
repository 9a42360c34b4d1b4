"""Many goods by file: the template, trying and taking in, and what became of every good."""

import io
from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy, pgettext
from django.utils.translation import gettext as _

from zhanggui.clockwork.take_in_goods import goods_taking
from zhanggui.clockwork.tasks import enqueue_goods
from zhanggui.journeys.goods_file_uploaded import GivenFile, goods_file_uploaded
from zhanggui.money.errors import Refusal
from zhanggui.parties.tenancy import as_tenant
from zhanggui.portals.desk.badges import Badge
from zhanggui.portals.desk.details import Detail, Fact
from zhanggui.portals.desk.lists import (
    Column,
    Condition,
    DateTimeColumn,
    IntegerColumn,
    LinkColumn,
    QuerySetSource,
    StatusColumn,
    TextColumn,
)
from zhanggui.portals.desk.refusals import refusal_text
from zhanggui.portals.desk.uploaded import content_of
from zhanggui.portals.desk.written import actor_name
from zhanggui.portals.merchant.listing import OwnList
from zhanggui.portals.merchant.standing import shop_page
from zhanggui.trade.catalogue.goods_file import COLUMNS, GOODS_FILES, PICTURE_ARCHIVES
from zhanggui.trade.catalogue.models import GoodsUpload

STATES = {
    "queued": Badge(gettext_lazy("Being taken in"), "blue"),
    "done": Badge(gettext_lazy("File taken in"), "green"),
    "failed": Badge(gettext_lazy("Not taken in"), "red"),
}
OUTCOMES = {
    "created": Badge(gettext_lazy("Newly written"), "green"),
    "changed": Badge(gettext_lazy("Edited"), "blue"),
    "rejected": Badge(gettext_lazy("Rejected"), "red"),
}
EXAMPLE = {
    "title_zh": "明前龙井", "title_en": "Longjing green tea", "category": "tea",
    "specs": "weight=250g", "currency": "CNY",
    "price": "128.00", "market_price": "158.00", "weight": "300", "stock": "50", "low_stock": "5",
    "attributes": "origin=杭州", "pictures": "longjing-1.jpg; longjing-2.jpg",
}  # fmt: skip


class UploadList(OwnList):
    """Files that were uploaded."""

    name = "merchant.goods_uploads"
    title = gettext_lazy("Uploads of goods")
    permission = "own_goods.view"
    sort = "-asked_at"
    empty = gettext_lazy("No file has been uploaded yet.")

    def restrict(self) -> Sequence[Any]:
        """The shop's own."""
        return [Condition("owner_id", "eq", self.party_id)]

    def get_source(self) -> QuerySetSource:
        """Uploads."""
        return QuerySetSource(GoodsUpload.objects.all())

    def get_columns(self) -> Sequence[Column]:
        """Which file, and what came of it."""
        return [
            LinkColumn("name", _("File"), phone="title",
                       href=lambda r: reverse("merchant:goods_uploaded", args=[r.id])),
            StatusColumn("state", _("Status"), badges=_badge),
            DateTimeColumn("asked_at", _("Uploaded"), sort="asked_at", phone="sub"),
            IntegerColumn("created", _("Newly written")),
            IntegerColumn("changed", _("Edited")),
            IntegerColumn("rejected", _("Rejected")),
            TextColumn("actor", _("By"), value=lambda r: actor_name(r.actor), phone=""),
        ]  # fmt: skip


def _badge(row: GoodsUpload) -> Badge:
    return Badge(_("Tried only"), "grey") if row.dry and row.state == "done" else STATES[row.state]


@shop_page("own_goods.change")
def goods_upload(request: HttpRequest, party_id: int) -> HttpResponse:
    """Choose a file and an archive; try it first, then take it in."""
    problem = ""
    if request.method == "POST":
        try:
            upload = _taken(request, party_id)
        except Refusal as refusal:
            problem = refusal_text(refusal)
        else:
            if upload is not None:
                return HttpResponseRedirect(reverse("merchant:goods_uploaded", args=[upload.id]))
            problem = _("Choose a file.")
    context = {
        "title": _("Upload goods"), "problem": problem, "accept": GOODS_FILES.accept, "most": GOODS_FILES.most,
        "archive_accept": PICTURE_ARCHIVES.accept, "archive_most": PICTURE_ARCHIVES.most,
        "breadcrumbs": [(pgettext("catalogue", "Goods"), reverse("merchant:goods")), (_("Upload goods"), "")],
    }  # fmt: skip
    return render(request, "merchant/goods_upload.html", context, status=422 if problem else 200)


def _taken(request: HttpRequest, party_id: int) -> GoodsUpload | None:
    given, packed = request.FILES.get("file"), request.FILES.get("archive")
    if given is None:
        return None
    return goods_file_uploaded(
        owner_id=party_id, table=GivenFile(given.name or "", content_of(given, GOODS_FILES)),
        archive=GivenFile(packed.name or "", content_of(packed, PICTURE_ARCHIVES)) if packed else None,
        dry=request.POST.get("act") != "load", submit=bool(request.POST.get("submit")),
        actor=request.user.get_username(), taking=goods_taking(), enqueue=lambda upload: enqueue_goods(upload.id),
    )  # fmt: skip


@shop_page("own_goods.view")
def goods_uploaded(request: HttpRequest, party_id: int, upload_id: int) -> HttpResponse:
    """What became of every good of a file."""
    with as_tenant(party_id):
        row = GoodsUpload.objects.filter(owner_id=party_id, id=upload_id).first()
    if row is None:
        raise Http404(_("There is no such upload."))
    detail = Detail(
        number=f"#{row.id}", kind=_("Upload"), badge=_badge(row),
        facts=[
            Fact(_("File"), row.name), Fact(_("Newly written"), f"{row.created:,}"),
            Fact(_("Edited"), f"{row.changed:,}"), Fact(_("Rejected"), f"{row.rejected:,}"),
        ],
        breadcrumbs=[(pgettext("catalogue", "Goods"), reverse("merchant:goods")),
                     (_("Uploads of goods"), reverse("merchant:goods_uploads"))],
        notice=_("This was a trial: nothing was kept. Upload the file again to take it in.")
        if row.dry and row.state == "done" else "",
    )  # fmt: skip
    outcomes = sorted(row.outcomes, key=lambda one: (one["done"] != "rejected", one["row"]))
    context = {
        "detail": detail, "row": row, "outcomes": [(one, OUTCOMES[one["done"]]) for one in outcomes[:2000]],
        "more": max(0, len(outcomes) - 2000),
    }  # fmt: skip
    return render(request, "merchant/goods_uploaded.html", context)


@shop_page("own_goods.view")
def goods_template(request: HttpRequest, party_id: int) -> HttpResponse:
    """The file to fill in: columns in the reader's language, their names for programs below, one example."""
    import xlsxwriter

    place = 1 if (get_language() or "zh").startswith("zh") else -1
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet("goods")
        bold = book.add_format({"bold": True, "text_wrap": True})
        text = book.add_format({"num_format": "@"})
        for column, (key, names) in enumerate(COLUMNS.items()):
            sheet.write_string(0, column, names[place], bold)
            sheet.write_string(1, column, EXAMPLE.get(key, ""), text)
        sheet.set_column(0, len(COLUMNS) - 1, 18, text)
        sheet.freeze_panes(1, 0)
        other = book.add_worksheet("columns")
        for line, (key, names) in enumerate(COLUMNS.items()):
            for column, value in enumerate((key, *names[1:])):
                other.write_string(line, column, value)
    response = HttpResponse(
        target.getvalue(), content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    )
    response["Content-Disposition"] = 'attachment; filename="goods.xlsx"'
    return response
