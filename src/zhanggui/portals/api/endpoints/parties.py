"""Parties and their settlement terms."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema

from zhanggui.journeys.party_opened import party_classified, party_opened
from zhanggui.journeys.terms_changed import terms_changed
from zhanggui.parties.models import Party, PartyKind
from zhanggui.portals.api import naming
from zhanggui.portals.api.access import caller
from zhanggui.portals.api.errors import NotFound
from zhanggui.portals.api.paging import CursorText, Limit, keyset
from zhanggui.portals.api.routes import act, look
from zhanggui.portals.api.schemas.fields import Code
from zhanggui.portals.api.schemas.incoming import LevelIn, MerchantCategoryIn, PartyIn, TermsIn
from zhanggui.portals.api.schemas.outgoing import PartyOut, PartyPage, TermsList, TermsOut
from zhanggui.settlement.entities.models import BillingNode, InvoiceMode, SettlementTerms
from zhanggui.settlement.entities.queries import business_line

router = Router(tags=["parties"])


class PartyFilters(Schema):
    """Which parties."""

    kind: Code | None = None
    cursor: CursorText = ""
    limit: Limit = 100


class TermsFilters(Schema):
    """Whose terms; everybody's, if left out."""

    party: Code | None = None


@look(router, "/parties", PartyPage)
def list_parties(request: HttpRequest, filters: Query[PartyFilters]) -> Any:
    """Parties by id; a merchant sees itself."""
    who = caller(request)
    who.require("parties.view", "own_statements.view")
    with who.reading():
        rows = Party.objects.all() if who.is_platform else Party.objects.filter(id=who.party_id)
        if filters.kind:
            rows = rows.filter(kind=filters.kind)
        shown, following = keyset(rows, cursor=filters.cursor, limit=filters.limit)
    return {"items": [_party(row) for row in shown], "next_cursor": following}


@look(router, "/parties/{code}", PartyOut)
def get_party(request: HttpRequest, code: Code) -> Any:
    """One party."""
    who = caller(request)
    who.require("parties.view", "own_statements.view")
    with who.reading():
        row = Party.objects.filter(code=code).first()
    if row is None or (who.party_id is not None and row.id != who.party_id):
        raise NotFound(f"There is no party {code!r}", party=code)
    return _party(row)


@act(router, "/parties", PartyOut, status=201)
def add_party(request: HttpRequest, payload: PartyIn) -> Any:
    """Open a party. Orders may bring new merchants along; this opens one before its first order."""
    who = caller(request)
    who.require("parties.change")
    row = party_opened(
        code=payload.code, kind=PartyKind(payload.kind),
        name={language: text for language, text in payload.names.model_dump().items() if text},
        level=payload.level, category=payload.category, at=timezone.now(), actor=who.actor,
    )  # fmt: skip
    return _party(row)


@act(router, "/parties/{code}/level", PartyOut)
def set_party_level(request: HttpRequest, code: Code, payload: LevelIn) -> Any:
    """Give a party another level: orders that come in from now on are rated by it."""
    who = caller(request)
    who.require("parties.change")
    found = naming.party_id(code)
    row = party_classified(party_id=found, level=payload.level, at=timezone.now(), actor=who.actor)
    return _party(row)


@act(router, "/parties/{code}/category", PartyOut)
def set_party_category(request: HttpRequest, code: Code, payload: MerchantCategoryIn) -> Any:
    """Give a party another category: orders that come in from now on are rated by it."""
    who = caller(request)
    who.require("parties.change")
    found = naming.party_id(code)
    row = party_classified(party_id=found, category=payload.category, at=timezone.now(), actor=who.actor)
    return _party(row)


@look(router, "/terms", TermsList)
def list_terms(request: HttpRequest, filters: Query[TermsFilters]) -> Any:
    """Settlement terms: a merchant sees its own and the defaults that hold without them."""
    who = caller(request)
    who.require("parties.view", "own_statements.view")
    with who.reading():
        rows = SettlementTerms.objects.select_related("business_line", "entity")
        party = who.own(naming.party_id(filters.party) if filters.party and who.is_platform else None)
        if party is not None:
            rows = rows.filter(party_id__in=(0, party))
        found = list(rows.order_by("business_line_id", "party_id", "effective_from"))
        codes = naming.party_codes(row.party_id for row in found)
    return {"items": [_terms(row, codes) for row in found]}


@act(router, "/terms", TermsOut, status=201)
def add_terms(request: HttpRequest, payload: TermsIn) -> Any:
    """Set terms from a day on; what is staged already keeps the terms frozen on it."""
    who = caller(request)
    who.require("parties.change")
    entity = naming.entity(payload.entity)
    party = naming.party_id(payload.party) if payload.party else 0
    line = business_line(payload.business_line)
    settings = payload.model_dump(exclude={"business_line", "entity", "party", "node", "invoice_mode"})
    row = terms_changed(
        business_line=line, entity=entity, at=timezone.now(), actor=who.actor, party_id=party,
        node=BillingNode[payload.node.upper()], invoice_mode=InvoiceMode[payload.invoice_mode.upper()],
        **settings,
    )  # fmt: skip
    return _terms(row, naming.party_codes([party]))


def _party(row: Party) -> dict[str, Any]:
    return {
        "id": row.id, "code": row.code, "kind": row.kind, "zh": row.name.get("zh", ""),
        "en": row.name.get("en", ""), "level": row.level_code, "category": row.category_code,
        "active": row.active,
    }  # fmt: skip


def _terms(row: SettlementTerms, codes: dict[int, str]) -> dict[str, Any]:
    same = ("id", "hold_days", "cycle", "due_rule", "calendar", "auto_confirm_days", "effective_from",
            "effective_before")  # fmt: skip
    return {name: getattr(row, name) for name in same} | {
        "party": codes.get(row.party_id),
        "business_line": row.business_line.code,
        "entity": row.entity.code,
        "node": BillingNode(row.node).name.lower(),
        "invoice_mode": InvoiceMode(row.invoice_mode).name.lower(),
    }
