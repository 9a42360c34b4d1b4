"""What the mall sells, read from demo_data/mall: readable files, one a shop. Amounts are fen, weights grams."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

type Words = Mapping[str, str]

_OF_A_SKU = frozenset({"price", "market", "member", "usd", "supply", "weight", "stock"})


@dataclass(frozen=True)
class Choice:
    """One SKU: `specs` by code of the axis. `price` is what buyers pay, of supply goods what is suggested."""

    specs: Words
    price: int
    weight: int
    stock: int
    market: int = 0
    member: int = 0
    usd: int = 0
    supply: int = 0


@dataclass(frozen=True)
class Good:
    """One good. `picture` is a motif and up to three names of colours."""

    code: str
    category: str
    brand: str
    kind: str
    title: Words
    subtitle: Words
    text: Words
    keywords: str
    attributes: Words
    picture: tuple[str, ...]
    freight: str
    choices: tuple[Choice, ...]

    def sku_code(self, choice: Choice) -> str:
        """The code of a SKU: the good's, and what was chosen."""
        return "-".join([self.code, *choice.specs.values()])


@dataclass(frozen=True)
class Vendor:
    """A shop, or a supplier whose goods shops list."""

    code: str
    supplier: bool
    name: Words
    intro: Words
    city: Words
    region: str
    walls: tuple[str, ...]
    backdrops: tuple[str, ...]
    freight: tuple[str, ...]
    banner: Mapping[str, Any]
    goods: tuple[Good, ...]


@dataclass(frozen=True)
class MallData:
    """Everything; categories, types, axes and promotions as they are written down."""

    categories: Sequence[Mapping[str, Any]]
    types: Mapping[str, Mapping[str, Any]]
    attributes: Mapping[str, Mapping[str, Any]]
    specifications: Mapping[str, Mapping[str, Any]]
    brands: Mapping[str, Words]
    shops: tuple[Vendor, ...]
    suppliers: tuple[Vendor, ...]
    listings: Sequence[Mapping[str, Any]]
    freight: Mapping[str, Mapping[str, Any]]
    coupons: Sequence[Mapping[str, Any]]
    savings: Sequence[Mapping[str, Any]]

    @property
    def vendors(self) -> tuple[Vendor, ...]:
        """Suppliers first, since shops list their goods."""
        return (*self.suppliers, *self.shops)


@lru_cache(maxsize=1)
def mall_data() -> MallData:
    """The whole of demo_data/mall."""
    folder = files("zhanggui.portals.shell") / "demo_data" / "mall"
    promotions = _read(folder / "promotions.toml")
    return MallData(
        categories=_read(folder / "categories.toml")["categories"],
        types=_read(folder / "types.toml"),
        attributes=_read(folder / "attributes.toml"),
        specifications=_read(folder / "specifications.toml"),
        brands=_read(folder / "brands.toml"),
        shops=tuple(_vendors(folder / "shops", supplier=False)),
        suppliers=tuple(_vendors(folder / "suppliers", supplier=True)),
        listings=_read(folder / "listings.toml")["listings"],
        freight=_read(folder / "freight.toml"),
        coupons=promotions["coupons"],
        savings=promotions["spend_and_save"],
    )


def _read(source: Traversable) -> dict[str, Any]:
    return tomllib.loads(source.read_text("utf-8"))


def _vendors(folder: Traversable, *, supplier: bool) -> Iterator[Vendor]:
    for source in sorted(folder.iterdir(), key=lambda one: one.name):
        if source.name.endswith(".toml"):
            yield _vendor(_read(source), supplier=supplier)


def _vendor(row: Mapping[str, Any], *, supplier: bool) -> Vendor:
    freight = tuple(row["freight"])
    return Vendor(
        code=row["code"], supplier=supplier, name=row["name"], intro=row["intro"], city=row["city"],
        region=row["region"], walls=tuple(row["walls"]), backdrops=tuple(row["backdrops"]), freight=freight,
        banner=row.get("banner", {}),
        goods=tuple(_good(good, brand=row["brand"], freight=freight[0]) for good in row["goods"]),
    )  # fmt: skip


def _good(row: Mapping[str, Any], *, brand: str, freight: str) -> Good:
    kind = row.get("kind", "physical")
    return Good(
        code=row["code"], category=row["category"], brand=row.get("brand", brand), kind=kind, title=row["title"],
        subtitle=row["subtitle"], text=row["text"], keywords=row["keywords"], attributes=row["attributes"],
        picture=tuple(row["picture"]), freight=row.get("freight", freight) if kind == "physical" else "",
        choices=tuple(_choice(one) for one in row["skus"]),
    )  # fmt: skip


def _choice(row: Mapping[str, Any]) -> Choice:
    numbers = {name: value for name, value in row.items() if name in _OF_A_SKU}
    return Choice(specs={name: value for name, value in row.items() if name not in _OF_A_SKU}, **numbers)
