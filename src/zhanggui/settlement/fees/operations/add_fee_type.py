"""Add a fee type of one's own to the catalogue."""

import re
from collections.abc import Sequence
from datetime import datetime

from django.db import connection
from django.db.models import Max

from zhanggui.audit.operations.record_change import record_change
from zhanggui.settlement.fees.catalogue.entries import (
    GRANULARITIES,
    INVOICES,
    REVERSE_POLICIES,
    SOURCES,
    entries,
    groups,
)
from zhanggui.settlement.fees.errors import FeeTypeExists, FeeTypeIncomplete
from zhanggui.settlement.fees.models import FeeType
from zhanggui.settlement.fees.operations.load_catalogue import CATALOGUE_LOCK

FIRST_OWN_ID = 10_000  # those of the shipped catalogue stay below, now and later
CODE = re.compile(r"[a-z]+(_[a-z0-9]+)*")
# What these move is kept by documents of their own; a fee beside them would move it behind their back.
BY_DOCUMENT = ("deposit", "reserve", "carry")


def add_fee_type(
    *, code: str, zh: str, en: str, group: str, sign: int, reverse: str, granularity: str, source: str,
    counter_purpose: str, invoice: str, at: datetime, actor: str,
) -> FeeType:  # fmt: skip
    """This function will add a fee type in the caller's transaction and return it. Nothing of it but its names can
    change later, since details freeze it. Raises FeeTypeExists, FeeTypeIncomplete."""
    _check(code, zh, en)
    allowed: dict[str, tuple[object, Sequence[object]]] = {
        "group": (group, [one.code for one in groups() if one.code not in BY_DOCUMENT]),
        "sign": (sign, [1, -1, 0]),
        "reverse": (reverse, list(REVERSE_POLICIES)),
        "granularity": (granularity, list(GRANULARITIES)),
        "source": (source, list(SOURCES)),
        "counter": (counter_purpose, counters()),
        "invoice": (invoice, list(INVOICES)),
    }
    for name, (value, choices) in allowed.items():
        if value not in choices:
            raise FeeTypeIncomplete(
                f"{value} is no {name} of a fee type; choose one of {', '.join(map(str, choices))}",
                field=name,
            )
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [CATALOGUE_LOCK])
    if FeeType.objects.filter(code=code).exists():
        raise FeeTypeExists(f"there is a fee type {code} already; choose another code", fee=code)
    last = FeeType.objects.aggregate(id=Max("id"))["id"] or 0
    place = FeeType.objects.filter(group=group).aggregate(sort=Max("sort"))["sort"] or 0
    row = FeeType.objects.create(
        id=max(last + 1, FIRST_OWN_ID), code=code, name={"zh": zh.strip(), "en": en.strip()}, group=group,
        sign=sign, reverse_policy=REVERSE_POLICIES[reverse], granularity=granularity, source=source,
        counter_purpose=counter_purpose, invoice=invoice, sort=place + 1,
    )  # fmt: skip
    record_change(
        at=at, actor=actor, action="fee_type.added", object_kind="fee_type", object_id=code,
        after={"id": row.id, "zh": zh, "en": en, "group": group, "sign": sign, "reverse": reverse,
               "counter": counter_purpose, "invoice": invoice},
    )  # fmt: skip
    return row


def counters() -> list[str]:
    """This function will return the accounts that may stand on the other side: those the shipped fee types use."""
    return sorted({one.counter_purpose for one in entries() if one.group not in BY_DOCUMENT})


def _check(code: str, zh: str, en: str) -> None:
    if not CODE.fullmatch(code) or len(code) > 64 or code.endswith("_vat"):
        raise FeeTypeIncomplete(
            f"{code!r} is no code of a fee type; use small letters and _, and not the ending _vat",
            field="code",
        )
    if not zh.strip() or not en.strip() or len(zh) > 200 or len(en) > 200:
        raise FeeTypeIncomplete(f"fee type {code} needs a name in Chinese and one in English", field="name")
