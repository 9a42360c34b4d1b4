"""What programs give and get of goods. Amounts are minor units of their currency."""

from datetime import datetime
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import Field

from zhanggui.portals.api.paging import CursorText, Limit
from zhanggui.portals.api.schemas.books import Paged
from zhanggui.portals.api.schemas.fields import (
    PRINTABLE,
    Code,
    Count,
    Currency,
    Minor,
    Note,
    OptionalCode,
    Strict,
)
from zhanggui.portals.api.schemas.incoming import Names

State = Literal["draft", "submitted", "listed", "refused", "unlisted", "banned"]
Kind = Literal["physical", "digital", "pickup"]
LONG = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"


class LongWords(Strict):
    """A text in Chinese, in English, or in both."""

    zh: Annotated[str, Field(max_length=20_000, pattern=LONG)] = ""
    en: Annotated[str, Field(max_length=20_000, pattern=LONG)] = ""


Chosen = Annotated[
    dict[Code, OptionalCode],
    Field(max_length=50, description="by code of the axis", examples=[{"size": "L"}]),
]


class GoodsFilters(Schema):
    """Which goods. `side` is mall (what shops sell) or supply (what suppliers offer)."""

    state: State | None = None
    side: Literal["mall", "supply"] | None = None
    category: Code | None = None
    owner: Code | None = None
    cursor: CursorText = ""
    limit: Limit = 50


class OwnFilters(Schema):
    """Which page."""

    cursor: CursorText = ""
    limit: Limit = 50


class PriceIn(Strict):
    """A price. The struck-out and the member price may be 0: there is none."""

    currency: Currency
    price_minor: Minor
    market_minor: Minor = 0
    member_minor: Minor = 0


class SkuIn(Strict):
    """A SKU, told apart from the others by its `specs`; without a code one is made."""

    specs: Chosen = Field(default_factory=dict)
    prices: list[PriceIn] = Field(min_length=1, max_length=20)
    code: OptionalCode = ""
    sku_type: OptionalCode = ""
    barcode: OptionalCode = ""
    weight_grams: Count = 0
    low_stock: Count = 0
    active: bool = True


class GoodIn(Strict):
    """A good, whole: what is left out of a change is gone. `pictures` are digests of kept pictures, the face first;
    `freight_template` is one of one's own, empty: freight is free."""

    category: Annotated[Code, Field(examples=["tea"])]
    title: Names
    subtitle: Names | None = None
    description: LongWords | None = None
    keywords: Annotated[str, Field(max_length=255, pattern=PRINTABLE)] = ""
    brand: OptionalCode = ""
    kind: Kind = "physical"
    attributes: Chosen = Field(default_factory=dict)
    pictures: list[Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]] = Field(
        default_factory=list, max_length=12
    )
    freight_template: OptionalCode = ""
    skus: list[SkuIn] = Field(min_length=1, max_length=200)


class GoodOut(Schema):
    """A good. `prices_from` is its lowest price by currency; `source` the supply goods it was listed from."""

    number: str
    owner: str
    supply: bool
    source: str
    category: str
    brand: str
    kind: Kind
    title: dict[str, str]
    state: State
    prices_from: dict[str, int]
    sold: int
    rating_count: int
    created_at: datetime
    changed_at: datetime
    listed_at: datetime | None


class GoodPage(Paged):
    """Goods."""

    items: list[GoodOut]


class PriceOut(Schema):
    """A price; of supply goods `price_minor` is the supply price."""

    currency: str
    price_minor: int
    market_minor: int
    member_minor: int


class SkuOut(Schema):
    """A SKU and how many units can be had now."""

    code: str
    specs: dict[str, str]
    sku_type: str
    barcode: str
    weight_grams: int
    low_stock: int
    active: bool
    left: int
    prices: list[PriceOut]


class GoodStepOut(Schema):
    """A step of a good's life."""

    before: State
    after: State
    at: datetime
    actor: str
    note: str


class GoodFull(GoodOut):
    """A good, whole."""

    subtitle: dict[str, str]
    description: dict[str, str]
    keywords: str
    attributes: dict[str, str]
    pictures: list[str]
    freight_template: str
    skus: list[SkuOut]
    steps: list[GoodStepOut]


class StepIn(Strict):
    """Hand it to review, take it back from there, take it off sale, put it on sale again."""

    step: Literal["submit", "withdraw", "unlist", "relist"]


class GoodsDecisionIn(Strict):
    """The platform's decision; refusing and banning need a reason, which the owner reads."""

    decision: Literal["accept", "refuse", "ban", "lift"]
    reason: Note = ""


class SkuPriceIn(PriceIn):
    """The price of a SKU in a currency."""

    sku: Code


class PricesIn(Strict):
    """Prices of one's own SKUs, all of them or none."""

    prices: list[SkuPriceIn] = Field(min_length=1, max_length=1000)


class PricedOut(Schema):
    """Of how many SKUs the price is another one now."""

    changed: int


class StockIn(Strict):
    """What came in, or what was counted. `reference` names the document, which counts once."""

    kind: Literal["received", "counted"]
    sku: Code
    warehouse: Code
    quantity: Count
    reference: Annotated[Code, Field(examples=["入库单 20260620-1"])]


class StockOut(Schema):
    """How many units of the SKU can be had now; `new` is false when the document was entered before."""

    sku: str
    left: int
    new: bool


class ListingIn(Strict):
    """What the shop asks for each SKU of supply goods, by the supplier's code of it."""

    prices: list[SkuPriceIn] = Field(min_length=1, max_length=1000)


class UploadOut(Schema):
    """A file of goods: `dry` was tried only. It is queued, done, or failed with its `problem`."""

    id: int
    owner: str
    name: str
    dry: bool
    submit: bool
    state: Literal["queued", "done", "failed"]
    problem: str
    problem_code: str
    created: int
    changed: int
    rejected: int
    asked_at: datetime
    done_at: datetime | None
    actor: str


class UploadPage(Paged):
    """Files of goods."""

    items: list[UploadOut]


class UploadOutcomeOut(Schema):
    """What became of the good that begins in this row, and why it was rejected."""

    row: int
    title: str
    done: Literal["created", "changed", "rejected"]
    number: str
    code: str
    problem: str


class UploadFull(UploadOut):
    """A file of goods with what became of each good."""

    outcomes: list[UploadOutcomeOut]


class AxisOut(Schema):
    """An attribute or specification; `choices` are the only values if there are any."""

    code: str
    name: dict[str, str]
    choices: dict[str, Any]


class AttributeOut(AxisOut):
    """What every good of a type tells once."""

    required: bool
    filterable: bool


class TypeOut(Schema):
    """A product type: what its goods say of themselves, and in what their SKUs differ."""

    code: str
    name: dict[str, str]
    attributes: list[AttributeOut]
    specifications: list[AxisOut]


class CategoryOut(Schema):
    """A category; goods stand in those with a parent, which name their product type."""

    code: str
    name: dict[str, str]
    parent: str
    product_type: str
    active: bool


class BrandOut(Schema):
    """A brand."""

    code: str
    name: dict[str, str]
    active: bool


class CatalogueOut(Schema):
    """What goods are filed under."""

    categories: list[CategoryOut]
    product_types: list[TypeOut]
    brands: list[BrandOut]
