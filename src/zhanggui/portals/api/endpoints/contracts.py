"""Contracts with merchants, suppliers and other partners, and their papers."""

import base64
from datetime import date, datetime
from pathlib import PurePath
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema
from pydantic import Field

from zhanggui.journeys.contract_kept import contract_kept
from zhanggui.parties.models import Party
from zhanggui.portals.api import naming
from zhanggui.portals.api.access import Caller, caller
from zhanggui.portals.api.errors import NotFound
from zhanggui.portals.api.paging import CursorText, Limit, decode, page
from zhanggui.portals.api.routes import act, look
from zhanggui.portals.api.schemas.books import Paged
from zhanggui.portals.api.schemas.fields import Code, Day, Strict
from zhanggui.settlement.entities.contracts import contract_by_number, contracts, paper_of
from zhanggui.settlement.entities.errors import ContractRefused, UnknownContract
from zhanggui.settlement.entities.operations.keep_contract import Signed

router = Router(tags=["parties"])

type ContractState = Literal["ahead", "holds", "ending", "over", "superseded"]
LINE = r"^[^\x00-\x1f\x7f]*$"


class ContractFilters(Schema):
    """Which contracts; a merchant or supplier reads its own."""

    party: Code | None = None
    state: ContractState | None = None
    cursor: CursorText = ""
    limit: Limit = 100


class ContractOut(Schema):
    """A contract; `ends_on` is its last day, `state` what it is today; `kept_by` is null for its party."""

    number: str
    party: str
    state: ContractState
    signed_on: date
    starts_on: date
    ends_on: date
    signed_by: str
    note: str
    file_name: str
    file_bytes: int
    file_sha256: str
    kept_at: datetime
    kept_by: str | None


class ContractPage(Paged):
    """Contracts in the order they were kept."""

    items: list[ContractOut]


class ContractPaperOut(Schema):
    """The paper of a contract as it was kept, in base64."""

    number: str
    name: str
    sha256: str
    content: str


class ContractIn(Strict):
    """A contract to keep, with its paper (PDF, PNG, JPEG or OFD of at most 10 MB)."""

    party: Code
    number: Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[^\x00-\x20\x7f/\\]*$")]
    signed_on: Day
    starts_on: Day
    ends_on: Day
    signed_by: Annotated[str, Field(min_length=1, max_length=200, pattern=LINE)]
    note: Annotated[str, Field(max_length=255, pattern=LINE)] = ""
    file_name: Annotated[str, Field(min_length=1, max_length=255, pattern=LINE)]
    content: Annotated[str, Field(min_length=1, max_length=14_000_000, description="the file, base64")]


@look(router, "/contracts", ContractPage)
def list_contracts(request: HttpRequest, filters: Query[ContractFilters]) -> Any:
    """Contracts in the order they were kept, each with its state today."""
    who = caller(request)
    who.require("parties.view", "own_contracts.view")
    after = decode(filters.cursor, 1)
    asked = naming.party_id(filters.party) if filters.party and who.is_platform else None
    with who.reading():
        rows = contracts(
            today=timezone.localdate(), party_id=who.own(asked), state=filters.state,
            after=after[0] if after else 0, limit=filters.limit + 1,
        )  # fmt: skip
    shown, following = page(rows, filters.limit, lambda row: [row["id"]])
    return {"items": _named(who, shown), "next_cursor": following}


@look(router, "/contracts/{number}", ContractOut)
def get_contract(request: HttpRequest, number: Code) -> Any:
    """One contract."""
    who = caller(request)
    who.require("parties.view", "own_contracts.view")
    with who.reading():
        return _named(who, [_read(who, number)])[0]


@look(router, "/contracts/{number}/paper", ContractPaperOut)
def get_contract_paper(request: HttpRequest, number: Code) -> Any:
    """The paper of a contract."""
    who = caller(request)
    who.require("parties.view", "own_contracts.view")
    with who.reading():
        row = _read(who, number)
        content = base64.b64encode(paper_of(row["id"])).decode()
    return {"number": number, "name": row["file_name"], "sha256": row["file_sha256"], "content": content}


@act(router, "/contracts", ContractOut, status=201)
def keep_a_contract(request: HttpRequest, payload: ContractIn) -> Any:
    """Keep a contract with a party. It is never changed; a newer one takes its place from its first day on."""
    who = caller(request)
    who.require("parties.change")
    party = Party.objects.get(id=naming.party_id(payload.party))
    try:
        content = base64.b64decode(payload.content, validate=True)
    except ValueError as error:
        raise ContractRefused("content is not base64; send the file's bytes so encoded") from error
    said = payload.model_dump(exclude={"party", "content", "file_name"})
    signed = Signed(content=content, file_name=PurePath(payload.file_name).name, **said)
    contract_kept(party=party, signed=signed, at=timezone.now(), actor=who.actor)
    return _named(who, [contract_by_number(payload.number, today=timezone.localdate())])[0]


def _read(who: Caller, number: str) -> dict[str, Any]:
    try:
        return contract_by_number(number, today=timezone.localdate(), party_id=who.party_id)
    except UnknownContract as unknown:
        raise NotFound(unknown.message, number=number) from None


def _named(who: Caller, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    codes = naming.party_codes(row["party_id"] for row in rows)
    hidden = {} if who.is_platform else {"kept_by": None}
    return [row | hidden | {"party": codes.get(row["party_id"], "")} for row in rows]
