"""Set what stands on invoices about a party, from a day on."""

from datetime import date, datetime

from zhanggui.audit.operations.record_change import record_change
from zhanggui.settlement.invoices.dated import make_room
from zhanggui.settlement.invoices.errors import TaxDataIncomplete
from zhanggui.settlement.invoices.locks import hold_invoices_of
from zhanggui.settlement.invoices.tax_models import Taxpayer, TaxProfile
from zhanggui.vault.sealing import masked, seal

PURPOSE = "tax_profile.bank_account"


def set_tax_profile(
    *, party_id: int, entity_id: int = 0, effective_from: date, title: str, at: datetime, actor: str,
    taxpayer: str = Taxpayer.GENERAL, tax_number: str = "", address: str = "", phone: str = "",
    bank_name: str = "", bank_account: str = "", keep_account: bool = False,
) -> TaxProfile:  # fmt: skip
    """This function will add a party's tax data in the caller's transaction, ending the open row before them.

    Party 0 is the entity itself, entity 0 every entity. The bank account is sealed; only its end stays readable.
    With `keep_account`, the account of the row before stands on in place of an empty one.
    Raises OverlappingTaxData, TaxDataIncomplete (no title, or a number that cannot be one).
    """
    hold_invoices_of(party_id)
    title, tax_number = title.strip(), "".join(tax_number.split()).upper()
    if not title or taxpayer not in Taxpayer.values:
        raise TaxDataIncomplete(
            f"tax data need a title and a kind of taxpayer ({', '.join(Taxpayer.values)})", party_id=party_id
        )
    if tax_number and not (6 <= len(tax_number) <= 32 and tax_number.isascii() and tax_number.isalnum()):
        raise TaxDataIncomplete(
            f"{tax_number!r} is no tax number; write its 6 to 32 letters and digits", party_id=party_id
        )
    rows = list(
        TaxProfile.objects.select_for_update()
        .filter(party_id=party_id, entity_id=entity_id)
        .order_by("effective_from")
    )
    make_room(rows, effective_from, None, what=f"tax data of party {party_id}")
    account = (masked(bank_account), seal(bank_account, purpose=PURPOSE) if bank_account else b"")
    if keep_account and not bank_account and rows:
        account = (rows[-1].bank_account_masked, bytes(rows[-1].bank_account_sealed))
    row = TaxProfile.objects.create(
        party_id=party_id, entity_id=entity_id, effective_from=effective_from, taxpayer=taxpayer, title=title,
        tax_number=tax_number, address=address.strip(), phone=phone.strip(), bank_name=bank_name.strip(),
        bank_account_masked=account[0], bank_account_sealed=account[1],
    )  # fmt: skip
    record_change(
        at=at, actor=actor, action="tax_profile.set", object_kind="tax_profile", object_id=str(row.id),
        party_id=party_id, after={"from": effective_from.isoformat(), "entity_id": entity_id, "title": title,
                                  "tax_number": tax_number, "taxpayer": taxpayer,
                                  "bank_account": row.bank_account_masked},
    )  # fmt: skip
    return row
