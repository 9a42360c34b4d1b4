"""A merchant held its own file against what was billed to it."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta, tzinfo
from pathlib import Path

from django.db import transaction

from zhanggui.parties.tenancy import as_tenant
from zhanggui.settlement.reconciliation.errors import CheckFileRefused
from zhanggui.settlement.reconciliation.models import OwnCheck
from zhanggui.settlement.reconciliation.operations.check_own_file import CheckSpan, check_own_file
from zhanggui.settlement.statements.models import Statement

MOST_DAYS = 366


@transaction.atomic
def own_file_checked(
    *, party_id: int, currency: str, path: Path, name: str, mapping: Mapping[str, str], at: datetime, actor: str,
    zone: tzinfo, statement_id: int = 0, starts_on: date | None = None, ends_before: date | None = None,
    template: str = "",
) -> OwnCheck:  # fmt: skip
    """This function will check the file against one statement, or against what occurred on a span of days.

    Raises CheckFileRefused.
    """
    if statement_id:
        with as_tenant(party_id):
            found = Statement.objects.filter(party_id=party_id, id=statement_id).first()
        if found is None:
            raise CheckFileRefused("there is no such statement of yours; choose another one")
        starts_on, ends_before, currency = found.starts_on, found.ends_before, found.currency
        begins, ends = datetime(2000, 1, 1, tzinfo=zone), datetime(9999, 1, 1, tzinfo=zone)
    elif (
        starts_on is None
        or ends_before is None
        or not timedelta(0) < ends_before - starts_on <= timedelta(MOST_DAYS)
    ):
        raise CheckFileRefused(
            f"choose a statement, or a first and a last day at most {MOST_DAYS} days apart"
        )
    else:
        begins, ends = (datetime.combine(day, time(0), zone) for day in (starts_on, ends_before))
    return check_own_file(
        party_id=party_id, currency=currency, span=CheckSpan(statement_id, starts_on, ends_before, begins, ends),
        path=path, name=name, mapping=mapping, at=at, actor=actor, template=template,
    )  # fmt: skip
