"""Whether a freight template can be counted by. Amounts are minor units; each check raises FreightTemplateWrong."""

import re
from collections.abc import Mapping, Sequence

from zhanggui.money.currencies import currency_of
from zhanggui.money.integers import require_integer
from zhanggui.trade.pricing.errors import FreightTemplateWrong
from zhanggui.trade.pricing.rules.freight import PIECE, WEIGHT, FreightStep

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
MOST_MINOR = 10**9
MOST_UNITS = 10**7


def check_template(
    *, code: str, name: Mapping[str, str], currency: str, basis: str, free_from_minor: int
) -> None:
    """Refuse a bad code, no name, an unknown currency (UnknownCurrency) or basis."""
    if not CODE.fullmatch(code):
        raise FreightTemplateWrong(
            f"{code!r} is no code of a template; use up to 64 letters, digits, dots, dashes and underscores",
            field="code",
        )
    if not any(text.strip() for text in name.values()):
        raise FreightTemplateWrong(f"template {code} needs a name, in Chinese or in English", field="name")
    currency_of(currency)
    if basis not in (PIECE, WEIGHT):
        raise FreightTemplateWrong("freight is counted by piece or by weight", field="basis")
    if not 0 <= require_integer(free_from_minor, "Free from") <= 10**12:
        raise FreightTemplateWrong(
            "free from is an amount of zero or more; zero: never", field="free_from_minor"
        )


def check_rows(rows: Sequence[FreightStep]) -> None:
    """Refuse no rows, amounts and units that cannot be, a region named twice, two rows for everywhere else."""
    if not 1 <= len(rows) <= 40:
        raise FreightTemplateWrong("a template has one to forty rows", field="rows")
    seen: set[str] = set()
    for number, row in enumerate(rows, start=1):
        units = [require_integer(one, "Units") for one in (row.first_units, row.next_units)]
        amounts = [require_integer(one, "An amount") for one in (row.first_minor, row.next_minor)]
        if not all(1 <= one <= MOST_UNITS for one in units) or not all(
            0 <= one <= MOST_MINOR for one in amounts
        ):
            raise FreightTemplateWrong(
                f"row {number} needs units of one or more and amounts of zero or more", field="rows"
            )
        for region in row.regions or ("",):
            if region in seen:
                raise FreightTemplateWrong(
                    f"region {region} stands in two rows; leave it in one" if region
                    else "two rows are for everywhere else; leave one", field="rows",
                )  # fmt: skip
            seen.add(region)
