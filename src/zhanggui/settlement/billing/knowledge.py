"""What orders are billed by beside themselves: terms, fees, compiled rules. Kept in the process while it holds.

`Seen` says as of when. Whoever reads an order asks in the same round trip whether anything has changed since, see
the migration 0027_order_at_once.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db import connection

from zhanggui.rows.transfer import array_text
from zhanggui.settlement.billing.cumulative import uses_cumulative
from zhanggui.settlement.billing.legs import PARTY_OWNED
from zhanggui.settlement.billing.roles import OTHER, PLATFORM, other_party, role_order
from zhanggui.settlement.entities.queries import TermsBook
from zhanggui.settlement.entities.rules.periods import Cycle, CycleKind
from zhanggui.settlement.fees.queries.fee_types import catalogue
from zhanggui.settlement.fees.queries.rule_sets import compiled, rule_set_by_id, topics_of
from zhanggui.settlement.fees.rules.batch import Slot
from zhanggui.settlement.fees.rules.compile import CompiledRules

_TOPICS = frozenset({"terms", "fees", "rules"})
_SERVER = (
    "select concat_ws(' ', extract(epoch from pg_postmaster_start_time()), d.oid,"
    " 'settlement_setting_change'::regclass::oid), pg_current_snapshot()::text,"
    " pg_current_xact_id_if_assigned()::text from pg_database d where d.datname = current_database()"
)
# What a reader of orders tells: what is known and as of when, and what orders may need beside their lines.
_TOLD = "%s, %s, %s, %s::text[], %s::smallint[], %s::text[], %s::bigint[], %s::text[], %s::text[]"
NOTHING_TOLD = "null, null, null, '{}', '{}', '{}', '{}', '{}', '{}'"


class Seen(NamedTuple):
    """A snapshot of the settings: of which server and database, and in which transaction it was taken (which sees
    its own changes, so that those are news to everyone later)."""

    server: str
    snapshot: str
    xid: str | None


class HeldColumns(NamedTuple):
    """What concerns a party that holds these roles on a line: columns of slots, their sign for it, their fees."""

    columns: tuple[int, ...]
    signs: tuple[int, ...]
    fee_types: tuple[int, ...]


@dataclass(frozen=True)
class RuleSetAtHand:
    """A rule set ready to bill lines one by one. `roles` stand in the order in which parties get their lines."""

    compiled: CompiledRules
    cumulative: bool
    topics: frozenset[str]
    roles: tuple[str, ...]
    others: Mapping[str, int]
    held: dict[tuple[int, ...], HeldColumns] = field(default_factory=dict)

    @classmethod
    def load(cls, number: int) -> "RuleSetAtHand":
        """This method will compile a published rule set. Raises UnknownRuleSet."""
        rule_set, ready = rule_set_by_id(number), compiled(number)
        roles = {slot.payer for slot in ready.slots} | {slot.receiver for slot in ready.slots}
        ordered = tuple(sorted(roles - {PLATFORM}, key=role_order))
        others = {role: other_party(role) for role in ordered if role.startswith(OTHER)}
        topics = topics_of(rule_set) | ({"code:party"} if others else set())
        return cls(ready, uses_cumulative(rule_set), topics, ordered, others)

    def columns_of(self, places: tuple[int, ...]) -> HeldColumns:
        """This method will return what concerns a party that holds the roles at these places."""
        if places not in self.held:
            roles = [self.roles[place] for place in places]
            signs = [_sign(slot, roles) for slot in self.compiled.slots]
            columns = tuple(column for column, sign in enumerate(signs) if sign)
            self.held[places] = HeldColumns(
                columns,
                tuple(signs[column] for column in columns),
                tuple(self.compiled.slots[column].fee_type_id for column in columns),
            )
        return self.held[places]


def _sign(slot: Slot, roles: Sequence[str]) -> int:
    return sum((slot.receiver == role) - (slot.payer == role) for role in roles)


@dataclass(frozen=True)
class Knowledge:
    """What the orders of one business line are billed by; `told` is what a reader of orders tells of it, as SQL."""

    seen: Seen
    book: TermsBook
    purpose_of_fee: Mapping[int, str]
    rule_sets: Mapping[int, RuleSetAtHand]
    told: str

    @classmethod
    def load(cls, business_line_id: int, rule_sets: Collection[int]) -> "Knowledge":
        """This method will read what these rule sets and the line's terms are now."""
        with connection.cursor() as cursor:
            cursor.execute(_SERVER)  # first: whatever is read below is at least as new
            seen = Seen(*cursor.fetchone())
        book = TermsBook.load(business_line_id)
        sets = {number: RuleSetAtHand.load(number) for number in sorted(rule_sets)}
        fees = {fee.id: fee.counter_purpose for fee in catalogue().by_id.values()}
        with connection.cursor() as cursor:
            told = cursor.mogrify(_TOLD, _telling(seen, book, fees, sets.values()))
        return cls(seen, book, fees, sets, told.replace("%", "%%"))


def _telling(
    seen: Seen, book: TermsBook, fees: Mapping[int, str], sets: Collection[RuleSetAtHand]
) -> list[str | None]:
    """What _TOLD is filled with."""
    cycles = sorted(
        pair
        for pair in {(terms.invoice_mode, terms.cycle) for terms in book.by_id.values()}
        if Cycle.parse(pair[1]).kind is not CycleKind.DOCUMENT
    )
    purposes = sorted({fees[slot.fee_type_id] for one in sets for slot in one.compiled.slots})
    told: list[list[Any]] = [
        sorted(_TOPICS.union(*(one.topics for one in sets))),
        [mode for mode, _ in cycles], [cycle for _, cycle in cycles],
        sorted({party for one in sets for party in one.others.values() if party}),
        [purpose for purpose in purposes if not purpose.startswith(PARTY_OWNED)],
        [purpose for purpose in purposes if purpose.startswith(PARTY_OWNED)],
    ]  # fmt: skip
    return [*seen, *map(array_text, told)]


_kept: dict[tuple[str, int], Knowledge] = {}


def kept_knowledge(business_line_id: int) -> Knowledge | None:
    """This function will return what this process knew last of a business line; whether it still holds, the next
    round trip tells."""
    return _kept.get(_place(business_line_id))


def keep_knowledge(business_line_id: int, known: Knowledge) -> None:
    """This function will keep what was read. Not for a transaction that has itself changed settings: it may end
    without them."""
    _kept[_place(business_line_id)] = known


def _place(business_line_id: int) -> tuple[str, int]:
    return str(connection.settings_dict["NAME"]), business_line_id
