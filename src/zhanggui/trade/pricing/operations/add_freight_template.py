"""Add a freight template."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import IntegrityError, transaction

from zhanggui.audit.operations.record_change import record_change
from zhanggui.trade.pricing.errors import FreightTemplateTaken
from zhanggui.trade.pricing.models import FreightRow, FreightTemplate
from zhanggui.trade.pricing.rules.checking import check_rows, check_template
from zhanggui.trade.pricing.rules.freight import FreightStep


def add_freight_template(
    *, owner_id: int, code: str, name: Mapping[str, str], currency: str, basis: str, rows: Sequence[FreightStep],
    at: datetime, actor: str, free_from_minor: int = 0,
) -> FreightTemplate:  # fmt: skip
    """This function will add a template of a merchant or supplier, in the caller's transaction. A row without regions
    is for everywhere else; without such a row nothing is sent to where no row is for. Amounts are minor units.

    Raises FreightTemplateWrong, FreightTemplateTaken, UnknownCurrency, FloatRefused, NotAnInteger.
    """
    check_template(code=code, name=name, currency=currency, basis=basis, free_from_minor=free_from_minor)
    check_rows(rows)
    template = FreightTemplate(
        owner_id=owner_id, code=code, name={key: text.strip() for key, text in name.items() if text.strip()},
        currency=currency, basis=basis, free_from_minor=free_from_minor,
    )  # fmt: skip
    try:
        with transaction.atomic():
            template.save(force_insert=True)
    except IntegrityError as error:
        raise FreightTemplateTaken(
            f"there is a freight template {code} already; choose another code", template=code
        ) from error
    write_rows(template, rows)
    record_change(
        at=at, actor=actor, action="freight_template.added", object_kind="freight_template", object_id=code,
        party_id=owner_id, after=content(template, rows),
    )  # fmt: skip
    return template


def write_rows(template: FreightTemplate, rows: Sequence[FreightStep]) -> None:
    """This function will write the rows of a template that has none."""
    FreightRow.objects.bulk_create(
        FreightRow(
            template=template, regions=list(row.regions), first_units=row.first_units,
            first_minor=row.first_minor, next_units=row.next_units, next_minor=row.next_minor,
        )
        for row in rows
    )  # fmt: skip


def content(template: FreightTemplate, rows: Sequence[FreightStep]) -> dict[str, object]:
    """This function will return a template as the log of changes keeps it."""
    return {
        "currency": template.currency, "basis": template.basis, "free_from_minor": template.free_from_minor,
        "rows": [[list(row.regions), row.first_units, row.first_minor, row.next_units, row.next_minor]
                 for row in rows],
    }  # fmt: skip
