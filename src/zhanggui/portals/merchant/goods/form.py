"""The form of a good: what was typed or is there, and the draft it makes. It works without scripts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from zhanggui.money.currencies import currency_of
from zhanggui.money.errors import Refusal
from zhanggui.portals.desk.amounts import decimal_text, parse_amount
from zhanggui.portals.desk.goods import GOODS_KINDS, named
from zhanggui.portals.desk.pictures import kept_picture
from zhanggui.portals.desk.refusals import refusal_text
from zhanggui.portals.merchant.goods.listed import category_choices
from zhanggui.portals.merchant.standing import standing_of
from zhanggui.trade.catalogue.models import Attribute, Brand, Category, Sku, Specification, Spu
from zhanggui.trade.catalogue.rules.goods import MOST_PICTURES, MOST_SKUS, GoodsDraft, PriceDraft, SkuDraft
from zhanggui.trade.pricing.models import FreightTemplate

LANGUAGES = ("zh", "en")
WORDS = ("title", "subtitle", "description")
SKU_TEXTS = ("code", "barcode", "weight", "low", "type")
SPARE_ROWS = 2
MORE_ROWS = 5


@dataclass(frozen=True)
class Choice:
    """An attribute or axis as a field: a select when there are choices, else a text."""

    name: str
    label: str
    value: str
    options: Sequence[tuple[str, str]] = ()
    required: bool = False


@dataclass
class Row:
    """One SKU of the form."""

    place: int
    specs: list[Choice] = field(default_factory=list)
    prices: list[tuple[str, str, str, str]] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)
    active: bool = True
    there: bool = False


class Mistyped(Exception):
    """What was typed is no number; the message says which."""


class GoodsForm:
    """Fields of a good in `category`: those of `spu`, or what was typed."""

    def __init__(self, request: HttpRequest, category: Category, spu: Spu | None) -> None:
        self.typed: Mapping[str, str] | None = request.POST if request.method == "POST" else None
        self.files = request.FILES.getlist("pictures") if request.method == "POST" else []
        self.category = category
        self.spu = spu
        self.party_id = standing_of(request).party.id
        kind = category.product_type
        assert kind is not None
        self.attributes: list[Attribute] = list(kind.attributes.order_by("position", "id"))
        self.axes: list[Specification] = list(kind.specifications.order_by("position", "id"))

    # What is shown ------------------------------------------------------------------------------------

    def text(self, name: str, there: object = "") -> str:
        """A field as it was typed, else as it is."""
        return self.typed.get(name, "") if self.typed is not None else str(there)

    def words(self) -> list[tuple[str, str, str, bool]]:
        """(name, label, value, long) of titles and texts in both languages."""
        labels = {"title": _("Title"), "subtitle": _("Subtitle"), "description": _("Description")}
        languages = {"zh": _("Chinese"), "en": _("English")}
        return [
            (f"{name}-{language}", f"{labels[name]} ({languages[language]})",
             self.text(f"{name}-{language}", getattr(self.spu, name, {}).get(language, "")), name == "description")
            for name in WORDS for language in LANGUAGES
        ]  # fmt: skip

    def selects(self) -> list[tuple[str, str, str, Sequence[tuple[str, Any]]]]:
        """(name, label, value, options) of what is chosen once."""
        brands = [
            (row.code, named(row.name, row.code))
            for row in Brand.objects.filter(active=True).order_by("code")
        ]
        brand = self.spu.brand.code if self.spu and self.spu.brand else ""
        found: list[tuple[str, str, str, Sequence[tuple[str, Any]]]] = [
            ("category", _("Category"), self.text("category", self.category.code), category_choices()),
            ("brand", _("Brand"), self.text("brand", brand), [("", _("No brand")), *brands]),
        ]
        if self.spu is None or self.spu.source_id is None:
            kind = self.text("kind", self.spu.kind if self.spu else "physical")
            found.append(("kind", _("How it reaches buyers"), kind, list(GOODS_KINDS.items())))
        freight = self.text("freight", self.spu.freight_template_id if self.spu else 0)
        free = [("0", _("Freight is free"))]
        found.append(("freight", _("Freight template"), freight, free + self._freight_templates()))
        return found

    def _freight_templates(self) -> list[tuple[str, str]]:
        rows = FreightTemplate.objects.filter(owner_id=self.party_id, active=True).order_by("code")
        return [(str(row.id), named(row.name, row.code)) for row in rows]

    def _freight(self) -> int:
        """The template chosen: one of the owner's own, else the one it has."""
        chosen = self.text("freight", "").strip()
        if chosen in {"0", *(code for code, _name in self._freight_templates())}:
            return int(chosen)
        return self.spu.freight_template_id if self.spu else 0

    @property
    def keywords(self) -> str:
        """Words by which it is found beside its title."""
        return self.text("keywords", self.spu.keywords if self.spu else "")

    def attribute_fields(self) -> list[Choice]:
        """What the type asks every good."""
        there = self.spu.attributes if self.spu else {}
        return [
            self._choice(f"attribute-{row.code}", row, there.get(row.code, ""), row.required)
            for row in self.attributes
        ]

    def _choice(self, name: str, row: Any, there: str, required: bool = False) -> Choice:
        options = [(code, named(names, code)) for code, names in row.choices.items()]
        return Choice(
            name,
            named(row.name, row.code),
            self.text(name, there),
            [("", "–"), *options] if options else (),
            required,
        )

    @cached_property
    def currencies(self) -> list[str]:
        """Currencies in which it is priced, and one more that was asked for."""
        found = self.text("currencies", " ".join(self._priced_in())).split() or ["CNY"]
        more = self.typed.get("more-currency", "").strip().upper() if self.typed is not None else ""
        return list(dict.fromkeys([*found[:8], *([more] if more else [])]))

    def _priced_in(self) -> list[str]:
        rows = Sku.objects.filter(spu=self.spu).values_list("prices__currency", flat=True) if self.spu else []
        return sorted({code for code in rows if code}) or ["CNY"]

    def pictures(self) -> list[tuple[str, int, bool]]:
        """(digest, place, kept) of the pictures it has or was given a moment ago."""
        digests = self.shown_pictures()
        return [(digest, place + 1, True) for place, digest in enumerate(digests)]

    def shown_pictures(self) -> list[str]:
        """Digests in the order wanted: by the places typed, without those that go."""
        if self.typed is None:
            rows = self.spu.pictures.order_by("position") if self.spu else []
            return [row.picture.digest for row in rows]
        typed = self.typed
        wanted = [digest for digest in typed.get("shown", "").split() if not typed.get(f"drop-{digest}")]
        places = {digest: _whole(typed.get(f"place-{digest}", "")) or 99 for digest in wanted}
        return sorted(wanted, key=lambda digest: places[digest])[:MOST_PICTURES]

    @cached_property
    def rows(self) -> list[Row]:
        """The SKUs, and some empty rows for more; a listing has those of its source alone."""
        skus = list(self.spu.skus.order_by("-active", "id").prefetch_related("prices")) if self.spu else []
        spare = 0 if self.spu and self.spu.source_id else SPARE_ROWS if self.axes else max(0, 1 - len(skus))
        count = len(skus) + spare
        if self.typed is not None:
            count = min(_whole(self.typed.get("rows", "")) or count, MOST_SKUS)
            count += MORE_ROWS if self.typed.get("act") == "more" and spare else 0
        return [self._row(place, skus[place] if place < len(skus) else None) for place in range(count)]

    def _row(self, place: int, sku: Sku | None) -> Row:
        start = f"sku-{place}-"
        specs = sku.specs if sku else {}
        prices = {row.currency: row for row in sku.prices.all()} if sku else {}

        def amount(name: str, currency: str) -> str:
            row = prices.get(currency)
            minor = getattr(row, f"{name}_minor") if row else 0
            return self.text(f"{start}{name}-{currency}", decimal_text(minor, currency) if minor else "")

        known = {
            "code": sku.code if sku else "", "barcode": sku.barcode if sku else "",
            "weight": (sku.weight_grams or "") if sku else "", "low": (sku.low_stock or "") if sku else "",
            "type": sku.sku_type if sku else "",
        }  # fmt: skip
        return Row(
            place,
            specs=[self._choice(f"{start}spec-{axis.code}", axis, specs.get(axis.code, "")) for axis in self.axes],
            prices=[
                (code, amount("price", code), amount("market", code), amount("member", code))
                for code in self.currencies if _is_currency(code)
            ],
            texts={name: self.text(f"{start}{name}", known[name]) for name in SKU_TEXTS},
            active=bool(self.typed.get(f"{start}active")) if self.typed is not None else sku is None or sku.active,
            there=sku is not None,
        )  # fmt: skip

    # What it makes ------------------------------------------------------------------------------------

    def draft(self, party_id: int) -> GoodsDraft:
        """The good as typed, its new pictures kept. Raises Mistyped, Refusal."""
        assert self.typed is not None
        typed = self.typed
        fresh = [kept_picture(one, owner_id=party_id) for one in self.files[:MOST_PICTURES]]
        return GoodsDraft(
            category_code=typed.get("category", self.category.code),
            title=self._languages("title"), subtitle=self._languages("subtitle"),
            description=self._languages("description"), keywords=typed.get("keywords", ""),
            brand_code=typed.get("brand", ""), kind=typed.get("kind", "physical"),
            attributes={row.code: typed.get(f"attribute-{row.code}", "") for row in self.attributes},
            pictures=[*self.shown_pictures(), *fresh],
            freight_template_id=self._freight(),
            skus=[sku for row in self.rows if (sku := self._sku(row)) is not None],
        )  # fmt: skip

    def _languages(self, name: str) -> dict[str, str]:
        assert self.typed is not None
        there = {
            language: text
            for language, text in getattr(self.spu, name, {}).items()
            if language not in LANGUAGES
        }
        return there | {language: self.typed.get(f"{name}-{language}", "") for language in LANGUAGES}

    def _sku(self, row: Row) -> SkuDraft | None:
        """A row as a SKU; None for one that was left empty."""
        amounts = {code: texts for code, *texts in row.prices if any(text.strip() for text in texts)}
        if not amounts and not row.texts["code"].strip() and not any(one.value.strip() for one in row.specs):
            return None
        prices = {
            code: PriceDraft(*(_amount(text, code, row.place) for text in texts))
            for code, texts in amounts.items()
        }
        return SkuDraft(
            specs={axis.code: one.value for axis, one in zip(self.axes, row.specs, strict=True)},
            prices=prices, code=row.texts["code"].strip(), barcode=row.texts["barcode"],
            sku_type=row.texts["type"], weight_grams=_number(row.texts["weight"], row.place),
            low_stock=_number(row.texts["low"], row.place), active=row.active,
        )  # fmt: skip


def problem_of(error: Exception) -> str:
    """What is wrong, for the person who typed it."""
    return refusal_text(error) if isinstance(error, Refusal) else str(error)


def _amount(text: str, currency: str, place: int) -> int:
    if not text.strip():
        return 0
    minor = parse_amount(text, currency)
    if minor is None:
        raise Mistyped(_("SKU %(row)s: “%(text)s” is no amount of %(currency)s.") % {
            "row": place + 1, "text": text[:30], "currency": currency})  # fmt: skip
    return minor


def _number(text: str, place: int) -> int:
    if not text.strip():
        return 0
    number = _whole(text)
    if number is None:
        raise Mistyped(
            _("SKU %(row)s: “%(text)s” is no whole number.") % {"row": place + 1, "text": text[:30]}
        )
    return number


def _whole(text: str) -> int | None:
    text = text.strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else None


def _is_currency(code: str) -> bool:
    try:
        return bool(currency_of(code))
    except Refusal:
        return False
