"""Reading the fee catalogue. Pure: a data file in, frozen values out."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Final

#: Names of reverse policies in the file -> the numbers in `FeeType.reverse_policy` and `rules.reverse`.
REVERSE_POLICIES: Final = {"none": 0, "pro_rata": 1, "fixed": 2, "full_only": 3, "own_document": 4}
GRANULARITIES: Final = ("order", "spu", "sku", "sku_type", "fee")
SOURCES: Final = ("computed", "passed", "parsed", "pulled")
INVOICES: Final = ("output", "input", "none")

#: Where the VAT on a platform service stands until it is paid to the tax office.
_VAT_COUNTER: Final = "2221.01"


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """One fee type. `twin_of` is the code of the fee whose VAT this is, else empty."""

    id: int
    code: str
    zh: str
    en: str
    group: str
    sign: int
    reverse_policy: int
    granularity: str
    source: str
    counter_purpose: str
    invoice: str
    sort: int
    twin_of: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """A heading of the catalogue, in both languages."""

    code: str
    zh: str
    en: str


@cache
def entries() -> tuple[CatalogueEntry, ...]:
    """Every fee type of the catalogue: groups in order, VAT twins right after the fee they belong to."""
    found: list[CatalogueEntry] = []
    order = {group.code: place for place, group in enumerate(groups())}
    for section in sorted(_file()["section"], key=lambda section: order[section["group"]]):
        shared = {field: value for field, value in section.items() if field != "fees"}
        for fee in section["fees"]:
            found.append(_entry(shared | fee, sort=10 * (len(found) + 1)))
            if "vat" in fee:
                found.append(_vat_twin(found[-1], fee["vat"], sort=10 * (len(found) + 1)))
    return tuple(found)


@cache
def groups() -> tuple[Group, ...]:
    """The groups, in the order in which they are shown."""
    return tuple(Group(code, **names) for code, names in _file()["groups"].items())


@cache
def _file() -> dict[str, Any]:
    """The data file as it is."""
    return tomllib.loads(resources.files(__package__).joinpath("fee_types.toml").read_text("utf-8"))


def _entry(fee: dict[str, Any], sort: int) -> CatalogueEntry:
    """One fee, its section's shares already in."""
    return CatalogueEntry(
        id=fee["id"],
        code=fee["code"],
        zh=fee["zh"],
        en=fee["en"],
        group=fee["group"],
        sign=fee["sign"],
        reverse_policy=REVERSE_POLICIES[fee["reverse"]],
        granularity=fee["granularity"],
        source=fee["source"],
        counter_purpose=fee["counter"],
        invoice=fee["invoice"],
        sort=sort,
    )


def _vat_twin(fee: CatalogueEntry, number: int, sort: int) -> CatalogueEntry:
    """The fee type that holds the VAT on `fee`: it comes and goes with it, but belongs to the tax office."""
    return CatalogueEntry(
        id=number,
        code=f"{fee.code}_vat",
        zh=f"{fee.zh}增值税",
        en=f"VAT on {fee.en[0].lower()}{fee.en[1:]}",
        group=fee.group,
        sign=fee.sign,
        reverse_policy=fee.reverse_policy,
        granularity="fee",
        source=fee.source,
        counter_purpose=_VAT_COUNTER,
        invoice=fee.invoice,
        sort=sort,
        twin_of=fee.code,
    )
