"""Enrich closed statements after cut-off: what payment and invoicing need besides the figures (F42)."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection

from zhanggui.settlement.statements.models import Statement


def enrich_statements(*, statements: Sequence[Statement], additions: Mapping[str, Any] | None = None) -> None:
    """This function will write the names and tax number that hold now, and `additions`, onto closed
    statements, in the caller's transaction. Figures and hash are not touched; later calls add and replace."""
    if not statements:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "update settlement_statement s set enrichment = s.enrichment || jsonb_build_object("
            " 'party_code', p.code, 'party_name', p.name, 'entity_code', e.code, 'entity_name', e.name,"
            " 'entity_tax_number', e.tax_number) || %s::jsonb"
            " from unnest(%s::bigint[], %s::bigint[]) as w(party_id, id), parties_party p, settlement_entity e"
            " where s.party_id = w.party_id and s.id = w.id and p.id = s.party_id and e.id = s.entity_id"
            " and s.state <> 'open'",
            [
                json.dumps(dict(additions or {})),
                [row.party_id for row in statements],
                [row.id for row in statements],
            ],
        )
