"""Find, and where needed pre-create, the open statement that each new row belongs on."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from django.db import connection

from zhanggui.ledger.chart import BILLED
from zhanggui.rows.grouping import group_rows
from zhanggui.rows.times import day_of
from zhanggui.rows.transfer import array_text, reserve_numbers
from zhanggui.settlement.entities.models import SettlementTerms
from zhanggui.settlement.entities.rules.calendars import calendar_of
from zhanggui.settlement.entities.rules.due_dates import DueRule, due_date
from zhanggui.settlement.entities.rules.periods import Cycle, CycleKind, Period, boundaries
from zhanggui.settlement.statements.locks import await_opening_ahead, hold_for_opening
from zhanggui.settlement.statements.series import GOODS_AND_SERVICES, Ints, Placement, StatementNeeds

BEFORE_ALL_DAYS = -1_000_000


def place_rows(
    *, needs: StatementNeeds, terms: Mapping[int, SettlementTerms], currency: str, at: datetime
) -> Placement:
    """This function will return the open statement for every row, creating the missing ones.

    A row goes to the period that holds its billable day; when that period is closed already, to the first
    one after the last closed (the cut-off rule for late details). Runs in the caller's transaction, which
    must hold `locks.hold_for_filling` or `hold_for_closing`.
    """
    count = len(needs.party_id)
    statement_id, account_id = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.int64)
    for terms_id in np.unique(needs.terms_id).tolist():
        rows = np.flatnonzero(needs.terms_id == terms_id)
        found = _place_series(
            needs.party_id[rows], needs.day[rows], needs.document_id[rows], terms[terms_id], currency, at
        )
        statement_id[rows], account_id[rows] = found
    return Placement(statement_id=statement_id, account_id=account_id)


def _place_series(
    party: Ints, day: Ints, document: Ints, terms: SettlementTerms, currency: str, at: datetime
) -> tuple[Ints, Ints]:
    cycle = Cycle.parse(terms.cycle)
    by_document = cycle.kind is CycleKind.DOCUMENT
    if not by_document:
        document = np.zeros(len(day), dtype=np.int64)
    day = np.maximum(day, _closed_through(party, document, terms, currency))
    if by_document:
        start, end = day, day + 1
    else:
        bounds = boundaries(cycle, day_of(int(day.min())), day_of(int(day.max())))
        where = np.searchsorted(bounds, day, side="right")
        start, end = bounds[where - 1], bounds[where]
    groups = group_rows(party, start, end, document)
    unique = np.stack([column[groups.first] for column in (party, start, end, document)], axis=1)
    ids = _find_or_create(unique, terms, currency, at)
    return ids[0][groups.group], ids[1][groups.group]


def _closed_through(party: Ints, document: Ints, terms: SettlementTerms, currency: str) -> Ints:
    """The day (days since 1970) from which each party's series, or the series of one document, is open."""
    groups = group_rows(party, document)
    keys = np.stack([party[groups.first], document[groups.first]])
    closed = np.full(len(groups), BEFORE_ALL_DAYS, dtype=np.int64)
    with connection.cursor() as cursor:
        cursor.execute(
            "select w.place, max(s.ends_before) - date '1970-01-01'"
            " from unnest(%s::bigint[], %s::bigint[]) with ordinality as w(party_id, document_id, place)"
            " join settlement_statement s on s.party_id = w.party_id and s.document_id = w.document_id"
            " and (s.entity_id, s.currency, s.mode, s.kind, s.cycle) = (%s, %s, %s, %s, %s)"
            " where s.state <> 'open' group by w.place",
            [*(array_text(one.tolist()) for one in keys), terms.entity_id, currency, terms.invoice_mode,
             GOODS_AND_SERVICES, terms.cycle],
        )  # fmt: skip
        for place, day in cursor.fetchall():
            closed[place - 1] = day
    return closed[groups.group]


def _find_or_create(unique: Ints, terms: SettlementTerms, currency: str, at: datetime) -> tuple[Ints, Ints]:
    parties, starts, _, documents = unique.T
    series = [terms.entity_id, currency, terms.invoice_mode, GOODS_AND_SERVICES, terms.cycle]
    select = (
        "select w.place, s.id, s.billed_account_id, s.state"
        " from unnest(%s::bigint[], %s::int[], %s::bigint[]) with ordinality"
        "  as w(party_id, day, document_id, place)"
        " join settlement_statement s on s.party_id = w.party_id and s.document_id = w.document_id"
        " and s.starts_on = date '1970-01-01' + w.day"
        " and (s.entity_id, s.currency, s.mode, s.kind, s.cycle) = (%s, %s, %s, %s, %s)"
    )
    params: list[Any] = [*(array_text(one.tolist()) for one in (parties, starts, documents)), *series]
    ids = np.zeros((2, len(unique)), dtype=np.int64)
    with connection.cursor() as cursor:
        for attempt in ("find", "opened ahead", "find again", "made"):
            cursor.execute(select, params)
            for place, statement_id, account_id, state in cursor.fetchall():
                if state != "open":
                    raise RuntimeError(f"statement {statement_id} closed while it was being filled")
                ids[:, place - 1] = statement_id, account_id
            missing = np.flatnonzero(ids[0] == 0)
            if not len(missing):
                break
            if attempt == "find":
                await_opening_ahead()
            elif attempt == "opened ahead":
                hold_for_opening()  # whoever held it before us may have made what we miss
            elif attempt == "find again":
                _create(cursor, unique[missing], terms, currency, at)
    return ids[0], ids[1]


def _create(cursor: object, unique: Ints, terms: SettlementTerms, currency: str, at: datetime) -> None:
    """Insert statements and their accounts; a row another process inserted first wins, ours is dropped."""
    due_rule, calendar = DueRule.parse(terms.due_rule), calendar_of(terms.calendar)
    ids = reserve_numbers(cursor, "settlement_statement_id_seq", len(unique)).tolist()
    accounts = reserve_numbers(cursor, "ledger_account_id_seq", len(unique)).tolist()
    rows = []
    dues: dict[tuple[int, int], object] = {}
    for (party, start, end, document), number, account in zip(unique.tolist(), ids, accounts, strict=True):
        period = Period(starts_on=day_of(start), ends_before=day_of(end))
        if (start, end) not in dues:
            dues[(start, end)] = due_date(due_rule, period, calendar)
        rows.append((
            party, number, f"ST{period.starts_on:%y%m%d}{number:08d}", document, period.starts_on,
            period.ends_before, dues[(start, end)],
            period.ends_before + timedelta(days=terms.auto_confirm_days), account,
        ))  # fmt: skip
    columns = [array_text(column) for column in zip(*rows, strict=True)]
    cursor.execute(  # type: ignore[attr-defined]
        "with wanted as (select * from unnest(%s::bigint[], %s::bigint[], %s::text[], %s::bigint[],"
        " %s::date[], %s::date[], %s::date[], %s::date[], %s::bigint[]) as w(party_id, id, number, document_id,"
        " starts_on, ends_before, due_on, auto_confirm_on, account_id)),"
        " made as (insert into settlement_statement (party_id, id, number, document_id, starts_on, ends_before,"
        "  due_on, auto_confirm_on, billed_account_id, entity_id, currency, mode, kind, cycle, state,"
        "  goods_minor, fees_minor, refunds_minor, other_minor, net_minor, carried_minor, line_count,"
        "  detail_count, open_disputes, created_at, confirmed_by, chain_position, enrichment, previous_hash, hash)"
        " select party_id, id, number, document_id, starts_on, ends_before, due_on, auto_confirm_on,"
        "  account_id, %s, %s, %s, %s, %s, 'open', 0, 0, 0, 0, 0, 0, 0, 0, 0, %s, '', 0, '{}', '', ''"
        " from wanted order by party_id, starts_on, document_id on conflict do nothing"
        " returning party_id, id, billed_account_id)"
        " insert into ledger_account (id, entity_id, purpose, party_id, reference, currency)"
        " select billed_account_id, %s, %s, party_id, id, %s from made",
        [*columns, terms.entity_id, currency, terms.invoice_mode, GOODS_AND_SERVICES, terms.cycle, at,
         terms.entity_id, BILLED, currency],
    )  # fmt: skip
