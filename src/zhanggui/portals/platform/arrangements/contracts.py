"""Contracts with parties: the list, keeping one, one of them with its paper."""

from collections.abc import Sequence
from pathlib import PurePath
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from zhanggui.journeys.contract_kept import contract_kept
from zhanggui.parties.models import Party
from zhanggui.portals.desk.amounts import format_integer
from zhanggui.portals.desk.contracts import (
    STATES,
    TABS,
    TITLE,
    contract_columns,
    contract_filters,
    contract_source,
    paper_answer,
)
from zhanggui.portals.desk.details import Action, Detail, Fact
from zhanggui.portals.desk.languages import language_params
from zhanggui.portals.desk.lists import Column, ListPage, PartyColumn, SelectFilter, SqlSource
from zhanggui.portals.desk.people import may
from zhanggui.portals.desk.uploaded import content_of
from zhanggui.portals.desk.written import actor_name
from zhanggui.portals.platform.access import needs
from zhanggui.portals.platform.guarded.documents import (
    Cell,
    Field,
    Form,
    Incomplete,
    Table,
    Typed,
    acted,
    document_page,
    form_page,
)
from zhanggui.portals.platform.names import PARTY_NAME, party_name
from zhanggui.portals.platform.words import PARTY_KINDS
from zhanggui.settlement.entities.contract_files import CONTRACT_FILES
from zhanggui.settlement.entities.contracts import contract_by_number, contracts
from zhanggui.settlement.entities.errors import UnknownContract
from zhanggui.settlement.entities.operations.keep_contract import Signed


class ContractList(ListPage):
    """What was signed with whom, until when."""

    name = "platform.contracts"
    title = TITLE
    permission = "parties.view"
    sort = "ends_on"
    tabs = TABS
    empty = gettext_lazy("No contract is kept yet. Keep one from a party's page, or with the button above.")

    def get_source(self) -> SqlSource:
        """Contracts with their party."""
        return contract_source(
            join="join parties_party p on p.id = c.party_id",
            more={"party_name": PARTY_NAME, "code": "p.code", "kind": "p.kind"},
            params=language_params(),
        )

    def page_actions(self) -> list[Action]:
        """Keep one."""
        if not may(self.user, "parties.change"):
            return []
        return [Action(_("Keep a contract"), reverse("platform:new_contract"), kind="primary")]

    def get_filters(self) -> Sequence[Any]:
        """By number, party and kind of party."""
        return [
            *contract_filters(),
            SelectFilter(
                "kind",
                _("Kind"),
                [(kind, label) for kind, label in PARTY_KINDS.items() if kind != "platform"],
            ),
        ]

    def get_columns(self) -> Sequence[Column]:
        """With whom, and the contract."""
        party = PartyColumn(
            "party_name", pgettext_lazy("contract", "Party"), sort="party_name", code=lambda r: r.code,
            href=lambda r: reverse("platform:party", args=[r.party_id]) + "?tab=contracts",
        )  # fmt: skip
        return contract_columns(
            number=lambda r: reverse("platform:contract", args=[r.number]),
            paper=lambda r: reverse("platform:contract_paper", args=[r.number]),
            between=[party],
        )


@needs("parties.change")
def new_contract(request: HttpRequest) -> HttpResponse:
    """Keep a contract; it is never changed after."""

    def keep(typed: Typed) -> str:
        file = typed.files.get("file")
        if file is None:
            raise Incomplete(_("Choose the contract as a file of at most 10 MB."))
        row = contract_kept(
            party=typed.party(), at=timezone.now(), actor=request.user.get_username(),
            signed=Signed(
                number=typed.text("number"), signed_on=typed.a_day("signed_on"), starts_on=typed.a_day("starts_on"),
                ends_on=typed.a_day("ends_on"), signed_by=typed.text("signed_by"),
                note=typed.text("note", required=False), file_name=PurePath(file.name or "").name,
                content=content_of(file, CONTRACT_FILES),
            ),
        )  # fmt: skip
        return reverse("platform:contract", args=[row.number])

    problem, gone = "", None
    if request.method == "POST":
        problem, gone = acted(request, "parties.change", {"keep": keep}, _("The contract is kept."))
    if gone:
        return gone
    party = Party.objects.filter(code=request.GET.get("party", "")).first()
    form = Form(
        "keep", pgettext("contract", "The contract"), _("Keep it"),
        [
            Field("party", _("Code of the party"), value=party.code if party else ""),
            Field("number", _("Number of the contract")),
            Field("signed_on", pgettext("contract", "Signed on"), "day"),
            Field("starts_on", _("First day"), "day"),
            Field("ends_on", _("Last day"), "day"),
            Field("signed_by", _("Who signed, on both sides")),
            Field("file", _("The paper: PDF or picture, at most 10 MB"), "file", accept=CONTRACT_FILES.accept),
            Field("note", _("Note; the party reads it"), required=False),
        ],
        _("A contract is never changed. A newer one of the same party takes its place from its first day on; the"
          " party reads its own."),
    ).typed(request.POST)  # fmt: skip
    back = reverse("platform:party", args=[party.id]) if party else reverse("platform:contracts")
    return form_page(request, _("Keep a contract"), forms=[form], problem=problem, back=back)


def _read(number: str) -> dict[str, Any]:
    try:
        return contract_by_number(number, today=timezone.localdate())
    except UnknownContract:
        raise Http404(_("There is no such contract.")) from None


@needs("parties.view")
def contract_page(request: HttpRequest, number: str) -> HttpResponse:
    """One contract, and the others of the same party."""
    row = _read(number)
    party = Party.objects.get(id=row["party_id"])
    paper = reverse("platform:contract_paper", args=[number])
    actions = [Action(pgettext("contract", "The paper"), paper, icon="download")]
    if may(request.user, "parties.change"):
        newer = f"{reverse('platform:new_contract')}?party={party.code}"
        actions.append(Action(_("Keep a newer one"), newer, "primary"))
    detail = Detail(
        number=number,
        kind=pgettext("contract", "Contract"),
        badge=STATES[row["state"]],
        facts=[
            Fact(
                pgettext("contract", "Party"),
                party_name(party),
                href=reverse("platform:party", args=[party.id]),
            ),
            Fact(pgettext("contract", "Signed on"), row["signed_on"].isoformat()),
            Fact(_("First day"), row["starts_on"].isoformat()),
            Fact(_("Last day"), row["ends_on"].isoformat()),
            Fact(pgettext("contract", "Signed by"), row["signed_by"]),
            Fact(pgettext("contract", "Paper"), row["file_name"], href=paper),
            Fact(_("Size in bytes"), format_integer(row["file_bytes"])),
            Fact("SHA-256", row["file_sha256"], copy=True),
            Fact(pgettext("contract", "Note"), row["note"] or "–"),
            Fact(pgettext("contract", "Kept by"), actor_name(row["kept_by"])),
        ],
        actions=actions,
        breadcrumbs=[(TITLE, reverse("platform:contracts"))],
    )
    return document_page(request, detail, tables=[contracts_table(party.id)])


def contracts_table(party_id: int) -> Table:
    """All contracts of a party, the latest first."""
    rows = [
        [Cell(one["number"], reverse("platform:contract", args=[one["number"]])), Cell(STATES[one["state"]].label),
         Cell(one["signed_on"].isoformat()), Cell(one["starts_on"].isoformat()), Cell(one["ends_on"].isoformat()),
         Cell(one["signed_by"], wrap=True)]
        for one in reversed(contracts(today=timezone.localdate(), party_id=party_id))
    ]  # fmt: skip
    heads = [
        pgettext("contract", "Contract"), _("Status"), pgettext("contract", "Signed on"),
        pgettext("contract", "From"), pgettext("contract", "To"), pgettext("contract", "Signed by"),
    ]  # fmt: skip
    return Table(
        _("Contracts of this party"), [(head, False) for head in heads], rows, _("None is kept yet.")
    )


@needs("parties.view")
def contract_paper(request: HttpRequest, number: str) -> HttpResponse:
    """The paper, as it was kept."""
    return paper_answer(_read(number))
