"""Whether buyer and seller have what an invoice must name, and what is printed of them."""

from datetime import date
from typing import Any

from zhanggui.settlement.entities.models import SettlementEntity
from zhanggui.settlement.invoices.errors import TaxDataIncomplete
from zhanggui.settlement.invoices.models import Invoice
from zhanggui.settlement.invoices.tax_data import profile
from zhanggui.settlement.invoices.tax_models import Direction, Taxpayer, TaxProfile

NEEDED = {
    Taxpayer.GENERAL: ("title", "tax_number", "address", "bank_name", "bank_account_masked"),
    Taxpayer.SMALL: ("title", "tax_number"),
    Taxpayer.INDIVIDUAL: ("title",),
}
"""What an invoice must name of a taxpayer: a general one wants to deduct the tax, so everything."""
PRINTED = ("title", "taxpayer", "tax_number", "address", "phone", "bank_name", "bank_account_masked")


def missing_of(row: TaxProfile | None, *, as_seller: bool = False) -> list[str]:
    """This function will list the fields that a tax profile lacks; of a seller, title and tax number count."""
    if row is None:
        return ["title", "tax_number"]
    needed = ("title", "tax_number") if as_seller else NEEDED[Taxpayer(row.taxpayer)]
    return [name for name in needed if not getattr(row, name)]


def entity_profile(entity_id: int, day: date) -> TaxProfile | None:
    """This function will return an entity's own tax data on a day; where none is set, its name and tax number."""
    found = profile(0, entity_id, day)
    entity = SettlementEntity.objects.filter(id=entity_id).first()
    if found is None and entity is not None and entity.tax_number:
        name = entity.name.get("zh") or entity.name.get("en") or entity.code
        return TaxProfile(party_id=0, entity_id=entity_id, title=name, tax_number=entity.tax_number)
    return found


def parties_on(row: Invoice, day: date) -> tuple[dict[str, Any], dict[str, Any]]:
    """This function will return seller and buyer as an invoice of `day` prints them. Raises TaxDataIncomplete,
    saying whose data lack what."""
    own, party = entity_profile(row.entity_id, day), profile(row.party_id, row.entity_id, day)
    seller, buyer = (own, party) if row.direction == Direction.OUTPUT else (party, own)
    for whose, one in (("seller", seller), ("buyer", buyer)):
        lacking = missing_of(one, as_seller=whose == "seller")
        if lacking:
            raise TaxDataIncomplete(
                f"invoice {row.number} cannot be issued: the {whose}'s tax data of {day} lack"
                f" {', '.join(lacking)}; add them first",
                number=row.number, whose=whose, missing=lacking,
            )  # fmt: skip
    return printed(seller), printed(buyer)


def printed(row: TaxProfile | None) -> dict[str, Any]:
    """This function will return what is printed of somebody; of the bank account only its masked form."""
    return {name: getattr(row, name) for name in PRINTED} if row else {}
