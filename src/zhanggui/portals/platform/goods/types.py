"""Categories, product types and brands: lists and forms."""

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from zhanggui.money.errors import Refusal
from zhanggui.portals.desk.badges import Badge
from zhanggui.portals.desk.details import Action
from zhanggui.portals.desk.lists import (
    Column,
    IntegerColumn,
    LinkColumn,
    ListPage,
    QuerySetSource,
    StatusColumn,
    TextColumn,
    TextFilter,
)
from zhanggui.portals.desk.people import may
from zhanggui.portals.desk.refusals import refusal_text
from zhanggui.portals.platform.access import needs
from zhanggui.portals.platform.names import in_language
from zhanggui.trade.catalogue.models import Brand, Category, ProductType
from zhanggui.trade.catalogue.operations.keep_brand import keep_brand
from zhanggui.trade.catalogue.operations.keep_category import keep_category
from zhanggui.trade.catalogue.operations.keep_product_type import AxisDraft, keep_product_type

USES = {
    True: Badge(pgettext_lazy("catalogue", "In use"), "green"),
    False: Badge(pgettext_lazy("catalogue", "Not in use"), "grey"),
}
SPARE_AXES = 3


def _named(row: Category | ProductType | None) -> str:
    return in_language(row.name, row.code) if row else ""


class CategoryList(ListPage):
    """Both levels of categories."""

    name = "platform.categories"
    title = gettext_lazy("Categories")
    permission = "goods.view"
    sort = "code"
    empty = gettext_lazy(
        "There are no categories yet. Open product types first, then categories of both levels."
    )

    def get_source(self) -> QuerySetSource:
        """Categories with the one above."""
        return QuerySetSource(Category.objects.select_related("parent", "product_type"))

    def get_filters(self) -> Sequence[Any]:
        """By code."""
        return [TextFilter("q", _("Code"), starts=["code"])]

    def get_columns(self) -> Sequence[Column]:
        """Where it stands and what its goods say."""
        return [
            LinkColumn("code", _("Code"), sort="code", phone="sub",
                       href=lambda r: reverse("platform:category", args=[r.code])),
            TextColumn("name", _("Name"), value=lambda r: in_language(r.name, r.code), phone="title"),
            TextColumn("parent", _("Under"), value=lambda r: _named(r.parent)),
            TextColumn("product_type", _("Product type"), value=lambda r: _named(r.product_type)),
            IntegerColumn("position", _("Place"), sort="position", phone=""),
            StatusColumn("active", _("Status"), badges=USES),
        ]  # fmt: skip

    def page_actions(self) -> Sequence[Any]:
        """Product types, and a new category."""
        found = [Action(_("Product types"), reverse("platform:product_types"))]
        if may(self.user, "catalogue.change"):
            found.append(Action(_("New category"), reverse("platform:new_category"), "primary"))
        return found


class ProductTypeList(ListPage):
    """What kinds of goods have to say of themselves."""

    name = "platform.product_types"
    title = gettext_lazy("Product types")
    permission = "goods.view"
    sort = "code"
    empty = gettext_lazy("There are no product types yet. Open one with the button above.")

    def get_source(self) -> QuerySetSource:
        """Types with how much they ask."""
        return QuerySetSource(
            ProductType.objects.annotate(
                asked=Count("attributes", distinct=True), axes=Count("specifications", distinct=True)
            )
        )

    def get_columns(self) -> Sequence[Column]:
        """Its name, how many attributes and axes."""
        return [
            LinkColumn("code", _("Code"), sort="code", phone="sub",
                       href=lambda r: reverse("platform:product_type", args=[r.code])),
            TextColumn("name", _("Name"), value=lambda r: in_language(r.name, r.code), phone="title"),
            IntegerColumn("asked", _("Attributes")),
            IntegerColumn("axes", _("Specifications")),
        ]  # fmt: skip

    def page_actions(self) -> Sequence[Any]:
        """A new type."""
        if not may(self.user, "catalogue.change"):
            return []
        return [Action(_("New product type"), reverse("platform:new_product_type"), "primary")]


class BrandList(ListPage):
    """Brands that goods may name."""

    name = "platform.brands"
    title = gettext_lazy("Brands")
    permission = "goods.view"
    sort = "code"
    empty = gettext_lazy("There are no brands yet. Open one with the button above.")
    source = QuerySetSource(Brand.objects.all())

    def get_filters(self) -> Sequence[Any]:
        """By code."""
        return [TextFilter("q", _("Code"), starts=["code"])]

    def get_columns(self) -> Sequence[Column]:
        """Its names."""
        return [
            LinkColumn("code", _("Code"), sort="code", phone="sub",
                       href=lambda r: reverse("platform:brand", args=[r.code])),
            TextColumn("name", _("Name"), value=lambda r: in_language(r.name, r.code), phone="title"),
            StatusColumn("active", _("Status"), badges=USES),
        ]  # fmt: skip

    def page_actions(self) -> Sequence[Any]:
        """A new brand."""
        if not may(self.user, "catalogue.change"):
            return []
        return [Action(_("New brand"), reverse("platform:new_brand"), "primary")]


def _kept(request: HttpRequest, act: Callable[[], Any], said: str) -> str:
    """Carry out; the reason it was refused, or nothing."""
    try:
        with transaction.atomic():
            act()
    except Refusal as refusal:
        return refusal_text(refusal)
    messages.success(request, said)
    return ""


def _names(request: HttpRequest, there: dict[str, str]) -> dict[str, str]:
    return there | {"zh": request.POST.get("zh", ""), "en": request.POST.get("en", "")}


def _field(name: str, label: Any, value: object, **more: Any) -> dict[str, Any]:
    return {"name": name, "label": label, "value": str(value), "most": 64} | more


def _name_fields(typed: Any, row: Any) -> list[dict[str, Any]]:
    names = row.name if row else {}
    code = _field("code", _("Code"), row.code if row else typed.get("code", ""), required=True)
    return [
        *([] if row else [code]),
        _field("zh", _("Chinese name"), typed.get("zh", names.get("zh", ""))),
        _field("en", _("English name"), typed.get("en", names.get("en", ""))),
    ]


def _use_field(typed: Any, row: Any) -> dict[str, Any]:
    there = "1" if row is None or row.active else "0"
    return _field(
        "active",
        _("Status"),
        typed.get("active", there),
        options=[("1", USES[True].label), ("0", USES[False].label)],
    )


def _form(request: HttpRequest, title: str, back: str, fields: Any, problem: str) -> HttpResponse:
    context = {"title": title, "fields": fields, "problem": problem, "button": _("Save"), "back": back}
    return render(request, "platform/simple_form.html", context, status=422 if problem else 200)


@needs("catalogue.change")
def category(request: HttpRequest, code: str = "") -> HttpResponse:
    """A category, new or there."""
    row = Category.objects.select_related("parent", "product_type").filter(code=code).first()
    if code and row is None:
        raise Http404(_("There is no such category."))
    back, problem, typed = reverse("platform:categories"), "", request.POST
    if request.method == "POST":
        place = typed.get("position", "").strip()
        problem = _kept(
            request,
            lambda: keep_category(
                code=code or typed.get("code", "").strip(), name=_names(request, row.name if row else {}),
                parent_code=typed.get("parent", ""), product_type_code=typed.get("type", ""),
                position=int(place) if place.isascii() and place.isdecimal() and len(place) < 5 else 0,
                active=typed.get("active") == "1", at=timezone.now(), actor=request.user.get_username(),
            ),
            _("The category is saved."),
        )  # fmt: skip
        if not problem:
            return HttpResponseRedirect(back)
    parents = [
        (one.code, in_language(one.name, one.code))
        for one in Category.objects.filter(parent=None).order_by("code")
    ]
    types = [(one.code, in_language(one.name, one.code)) for one in ProductType.objects.order_by("code")]
    parent = row.parent.code if row and row.parent else ""
    kind = row.product_type.code if row and row.product_type else ""
    fields = [
        *_name_fields(typed, row),
        _field(
            "parent",
            _("Under"),
            typed.get("parent", parent),
            options=[("", _("Nothing: it is of the first level")), *parents],
        ),
        _field(
            "type",
            _("Product type"),
            typed.get("type", kind),
            options=[("", _("None: it is of the first level")), *types],
        ),
        _field("position", _("Place"), typed.get("position", row.position if row else 0), numeric=True),
        _use_field(typed, row),
    ]
    return _form(
        request, _("Category %(code)s") % {"code": code} if code else _("New category"), back, fields, problem
    )


@needs("catalogue.change")
def brand(request: HttpRequest, code: str = "") -> HttpResponse:
    """A brand, new or there."""
    row = Brand.objects.filter(code=code).first()
    if code and row is None:
        raise Http404(_("There is no such brand."))
    back, problem, typed = reverse("platform:brands"), "", request.POST
    if request.method == "POST":
        problem = _kept(
            request,
            lambda: keep_brand(
                code=code or typed.get("code", "").strip(), name=_names(request, row.name if row else {}),
                active=typed.get("active") == "1", at=timezone.now(), actor=request.user.get_username(),
            ),
            _("The brand is saved."),
        )  # fmt: skip
        if not problem:
            return HttpResponseRedirect(back)
    fields = [*_name_fields(typed, row), _use_field(typed, row)]
    return _form(
        request, _("Brand %(code)s") % {"code": code} if code else _("New brand"), back, fields, problem
    )


@needs("catalogue.change")
def product_type(request: HttpRequest, code: str = "") -> HttpResponse:
    """A product type with its attributes and specifications, new or there."""
    row = ProductType.objects.filter(code=code).first()
    if code and row is None:
        raise Http404(_("There is no such product type."))
    back, problem, typed = reverse("platform:product_types"), "", request.POST
    if request.method == "POST":
        problem = _kept(
            request,
            lambda: keep_product_type(
                code=code or typed.get("code", "").strip(), name=_names(request, row.name if row else {}),
                attributes=_axes(request, "a"), specifications=_axes(request, "s"), at=timezone.now(),
                actor=request.user.get_username(),
            ),
            _("The product type is saved."),
        )  # fmt: skip
        if not problem:
            return HttpResponseRedirect(back)
    title = _("Product type %(code)s") % {"code": code} if code else _("New product type")
    context = {
        "title": title, "row": row, "problem": problem, "back": back, "fields": _name_fields(typed, row),
        "parts": [
            ("a", _("Attributes: what every good of the type says once"), True, _axis_rows(request, "a", row)),
            ("s", _("Specifications: in what SKUs of a good differ"), False, _axis_rows(request, "s", row)),
        ],
    }  # fmt: skip
    return render(request, "platform/product_type.html", context, status=422 if problem else 200)


def _axes(request: HttpRequest, side: str) -> list[AxisDraft]:
    typed, found = request.POST, []
    count = typed.get(f"{side}-rows", "")
    for place in range(
        min(int(count), 60) if count.isascii() and count.isdecimal() and len(count) < 4 else 0
    ):
        start = f"{side}-{place}-"
        code = typed.get(f"{start}code", "").strip()
        if code:
            found.append(AxisDraft(
                code, {"zh": typed.get(f"{start}zh", ""), "en": typed.get(f"{start}en", "")},
                choices=_choices(typed.get(f"{start}choices", "")), required=bool(typed.get(f"{start}required")),
                filterable=bool(typed.get(f"{start}filterable")),
            ))  # fmt: skip
    return found


def _choices(text: str) -> dict[str, dict[str, str]]:
    """Choices from lines such as `cotton = 棉 / Cotton`."""
    found = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        code, _equals, names = line.partition("=")
        zh, _slash, en = names.partition("/")
        found[code.strip()] = {"zh": zh, "en": en} if names.strip() else {"en": code.strip()}
    return found


def _axis_rows(request: HttpRequest, side: str, row: ProductType | None) -> list[dict[str, Any]]:
    if request.method == "POST":
        drafts: list[Any] = list(_axes(request, side))
    elif row is None:
        drafts = []
    else:
        drafts = list((row.attributes if side == "a" else row.specifications).order_by("position", "id"))
    rows = [
        {
            "code": one.code, "zh": one.name.get("zh", ""), "en": one.name.get("en", ""),
            "choices": "\n".join(
                f"{code} = {names.get('zh', '')} / {names.get('en', '')}" for code, names in one.choices.items()
            ),
            "required": getattr(one, "required", False), "filterable": getattr(one, "filterable", False),
        }
        for one in drafts
    ]  # fmt: skip
    return [*rows, *({"code": "", "zh": "", "en": "", "choices": ""} for _ in range(SPARE_AXES))]
