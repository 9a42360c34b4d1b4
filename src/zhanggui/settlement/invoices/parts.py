"""From sums of details to parts: the rate, the code, and the split into net and tax, exact to the minor unit."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from zhanggui.money.rates import WHOLE_PPM
from zhanggui.money.rounding import RoundingMode, round_ratio
from zhanggui.settlement.fees.queries.fee_types import catalogue
from zhanggui.settlement.invoices.bearing import buckets_of, rates_of_rules
from zhanggui.settlement.invoices.errors import TaxTreatmentMissing
from zhanggui.settlement.invoices.models import InvoicePart
from zhanggui.settlement.invoices.rules.directions import issuer_sign
from zhanggui.settlement.invoices.rules.splitting import tax_taken_back, taxes_inside
from zhanggui.settlement.invoices.tax_data import Treatments
from zhanggui.settlement.statements.models import Statement

ONE_DAY = timedelta(days=1)


@dataclass
class Draft:
    """A part in the making: minor units from the issuer's side."""

    bucket: dict[str, Any]
    rate_ppm: int
    tax_code: str
    item: dict[str, str]
    gross: int
    tax: int


def parts_of(statement: Statement) -> list[InvoicePart]:
    """This function will work out the parts of a closed statement, unsaved and without ids.

    Rates are those of the day on which the statement of the sale ended. Raises TaxTreatmentMissing, naming every
    fee that nobody gave a rate.
    """
    buckets = buckets_of(statement.party_id, statement.id, statement.mode)
    origins = {bucket["origin_statement_id"] for bucket in buckets}
    last_days = dict(
        Statement.objects.filter(party_id=statement.party_id, id__in=origins).values_list("id", "ends_before")
    )
    drafts = _rated(statement, buckets, {number: day - ONE_DAY for number, day in last_days.items()})
    _split(statement, drafts)
    return [
        InvoicePart(
            party_id=statement.party_id, id=0, statement_id=statement.id, entity_id=statement.entity_id,
            origin_statement_id=one.bucket["origin_statement_id"], mode=statement.mode,
            currency=statement.currency, direction=one.bucket["direction"],
            fee_type_id=one.bucket["fee_type_id"], rate_ppm=one.rate_ppm, tax_code=one.tax_code, item=one.item,
            inside=one.bucket["inside"], tax_rule_id=one.bucket["tax_rule_id"], gross_minor=one.gross,
            net_minor=one.gross - one.tax, tax_minor=one.tax, detail_count=one.bucket["detail_count"],
        )
        for one in drafts
    ]  # fmt: skip


def _rated(statement: Statement, buckets: list[dict[str, Any]], days: dict[int, date]) -> list[Draft]:
    rules = rates_of_rules({bucket["tax_rule_id"] for bucket in buckets if bucket["tax_rule_id"]})
    treatments = Treatments.load(statement.party_id, statement.entity_id)
    fees, drafts, missing = catalogue().by_id, [], []
    for bucket in buckets:
        fee, sign = fees[bucket["fee_type_id"]], issuer_sign(bucket["direction"])
        treatment = treatments.find(
            bucket["direction"],
            fee.id,
            days.get(bucket["origin_statement_id"], statement.ends_before - ONE_DAY),
        )
        rate = rules.get(bucket["tax_rule_id"])
        if rate is None and not bucket["inside"] and (bucket["tax_rule_id"] or treatment is None):
            rate = _implied(bucket)
        if rate is None and treatment is None:
            missing.append(fee.code)
            continue
        drafts.append(
            Draft(
                bucket=bucket,
                rate_ppm=rate if rate is not None else treatment.rate_ppm if treatment else 0,
                tax_code=treatment.tax_code if treatment else "",
                item=(treatment.item if treatment else None) or {"zh": fee.zh, "en": fee.en},
                gross=sign * (bucket["net_signed"] + bucket["tax_signed"]),
                tax=sign * bucket["tax_signed"],
            )
        )
    if missing:
        raise TaxTreatmentMissing(
            f"statement {statement.number} cannot be invoiced: no tax rate is set for"
            f" {', '.join(sorted(set(missing)))}; set one with `zhanggui invoices treatment`",
            fees=sorted(set(missing)), number=statement.number,
        )  # fmt: skip
    return drafts


def _implied(bucket: dict[str, Any]) -> int:
    """The rate of a VAT rule that has no single one (tiers): what tax is of net, in ppm."""
    net, tax = abs(bucket["net_signed"]), abs(bucket["tax_signed"])
    return round_ratio(tax * WHOLE_PPM, net, RoundingMode.HALF_UP) if net else 0


def _split(statement: Statement, drafts: Sequence[Draft]) -> None:
    """Tax inside amounts: sales share it by largest remainder, pieces taken back follow their original."""
    inside: dict[tuple[int, int], list[Draft]] = defaultdict(list)
    for one in drafts:
        if one.bucket["inside"]:
            inside[one.bucket["direction"], one.rate_ppm].append(one)
    for (direction, rate), group in inside.items():
        own = [one for one in group if one.bucket["origin_statement_id"] == statement.id]
        for one, tax in zip(own, taxes_inside([one.gross for one in own], rate), strict=True):
            one.tax = tax
        for one in group:
            if one.bucket["origin_statement_id"] != statement.id:
                one.tax = _taken_back(statement, direction, rate, one)


def _taken_back(statement: Statement, direction: int, rate: int, one: Draft) -> int:
    earlier = InvoicePart.objects.filter(
        party_id=statement.party_id, direction=direction, fee_type_id=one.bucket["fee_type_id"], rate_ppm=rate,
        inside=True, origin_statement_id=one.bucket["origin_statement_id"],
    )  # fmt: skip
    original = [part for part in earlier if part.statement_id == part.origin_statement_id]
    later = [part for part in earlier if part.statement_id != part.origin_statement_id]
    return tax_taken_back(
        tax=sum(part.tax_minor for part in original), whole=sum(part.gross_minor for part in original),
        done=-sum(part.gross_minor for part in later), step=one.gross, rate_ppm=rate,
    )  # fmt: skip
