"""What was signed with the shops and suppliers of the demonstration: a contract each, one of them renewed, one that
ends soon. The papers are drawn here: a page of PDF with the contract's number."""

from datetime import datetime, timedelta

from zhanggui.journeys.contract_kept import contract_kept
from zhanggui.parties.models import Party
from zhanggui.portals.shell.demonstration.mall.reading import mall_data
from zhanggui.settlement.entities.operations.keep_contract import Signed

PLATFORM = "zhanggui demo"
USUAL = (-200, 165)
ENDS_SOON, RENEWED = (-346, 18), (-400, -36)
"""First and last day, counted from the day on which the mall opens."""


def sign_contracts(at: datetime) -> None:
    """Keep a contract with every shop and supplier of the mall."""
    for place, vendor in enumerate(mall_data().vendors):
        days = [ENDS_SOON] if place == 1 else [RENEWED, (-35, 330)] if place == 2 else [USUAL]
        for year, (first, last) in enumerate(days, start=1):
            number = f"HT-{vendor.code.upper()}-{year}"
            starts_on = (at + timedelta(days=first)).date()
            signed = Signed(
                number=number, signed_on=starts_on - timedelta(days=7), starts_on=starts_on,
                ends_on=(at + timedelta(days=last)).date(), signed_by=f"掌柜结算 / {vendor.code}",
                file_name=f"{number}.pdf", content=paper(number),
            )  # fmt: skip
            contract_kept(party=Party.objects.get(code=vendor.code), signed=signed, at=at, actor=PLATFORM)


def paper(number: str) -> bytes:
    """A page of PDF that says the number of a contract."""
    drawn = f"BT /F1 18 Tf 72 720 Td ({number}) Tj ET".encode("ascii")
    parts = [
        b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(drawn), drawn),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]  # fmt: skip
    page, places = b"%PDF-1.4\n", []
    for place, part in enumerate(parts, start=1):
        places.append(len(page))
        page += b"%d 0 obj\n%s\nendobj\n" % (place, part)
    table = b"".join(b"%010d 00000 n \n" % one for one in places)
    end = b"xref\n0 6\n0000000000 65535 f \n%strailer\n<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n"
    return page + end % (table, len(page))
