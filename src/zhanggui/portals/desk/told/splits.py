"""Splits at channels, their rules, and the accounts that shares go to."""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet

from zhanggui.portals.desk.told.codes import codes_of
from zhanggui.settlement.splits.models import Split, SplitReceiver, SplitRuleSet, SplitShare
from zhanggui.settlement.splits.queries import returns_of_split, split_by_number
from zhanggui.settlement.splits.rules import DEFAULT
from zhanggui.settlement.subsidies.models import Subsidy
from zhanggui.vault.sealing import masked

type Document = dict[str, Any]
SPLIT = (
    "number", "kind", "order_no", "sequence", "rule_code", "currency", "paid_minor", "ceiling_minor", "amount_minor",
    "state", "reason", "said", "channel_number", "tries", "made_at", "ended_at", "again_at",
)  # fmt: skip
SHARE = (
    "way", "account_masked", "owed_minor", "amount_minor", "returned_minor", "state", "reason", "made_at", "ended_at",
)  # fmt: skip
OWN_SHARE = ("split_number", "order_no", "channel_code", "currency", *SHARE, "statement_id")
RETURN = ("number", "refund_no", "amount_minor", "state", "reason", "made_at", "ended_at")
SUBSIDY = (
    "id", "number", "order_no", "currency", "promised_minor", "amount_minor", "returned_minor", "state", "said",
    "channel_number", "tries", "made_at", "ended_at",
)  # fmt: skip
SUBSIDY_RETURN = ("number", "refund_no", "amount_minor", "state", "said", "made_at", "ended_at")
RECEIVER = (
    "id", "kind", "relation", "account_masked", "state", "said", "proposed_at", "proposed_by", "confirmed_at",
    "confirmed_by",
)  # fmt: skip


def splits_to_tell() -> QuerySet[Split]:
    """Splits with what `splits_told` needs."""
    return Split.objects.select_related("channel", "rule_set", "part")


def splits_told(rows: Iterable[Split]) -> list[Document]:
    """Splits as lists have them; `rule_code` says which rule decided, of version `rules_version` or the default,
    `reason` why one was left to the statement."""
    shown = list(rows)
    codes = codes_of([row.merchant_id for row in shown])
    return [
        {name: getattr(row, name) for name in SPLIT}
        | {
            "channel": row.channel.code, "merchant": codes[row.merchant_id],
            "rules_version": row.rule_set.version if row.rule_set else 0,
            "sub_merchant": masked(row.part.account) if row.part.account else "",
            "fee_minor": row.part.fee_minor, "fee_off_minor": row.part.fee_off_minor,
            "subsidy_minor": row.part.subsidy_minor,
        }
        for row in shown
    ]  # fmt: skip


def split_told(number: str) -> Document:
    """One split with its shares, and what was taken back of them. Raises UnknownSplit."""
    row = split_by_number(number)
    shares = list(row.shares.order_by("id"))
    codes = codes_of([one.party_id for one in shares])
    return splits_told([row])[0] | {
        "shares": [
            {name: getattr(one, name) for name in SHARE} | {"party": codes[one.party_id]} for one in shares
        ],
        "returns": [{name: getattr(one, name) for name in RETURN} for one in returns_of_split(row)],
    }


def shares_told(rows: Iterable[SplitShare]) -> list[Document]:
    """Shares, each with its party, order and channel."""
    shown = list(rows)
    codes = codes_of([row.party_id for row in shown])
    return [
        {name: getattr(row, name) for name in OWN_SHARE} | {"party": codes[row.party_id]} for row in shown
    ]


def subsidies_told(rows: Iterable[Subsidy]) -> list[Document]:
    """Subsidies to sub-merchants' orders, each with its merchant and what is being taken back."""
    shown = list(rows)
    codes = codes_of([row.merchant_id for row in shown])
    return [
        {name: getattr(row, name) for name in SUBSIDY}
        | {
            "channel": row.channel.code, "merchant": codes[row.merchant_id],
            "returns": [{name: getattr(one, name) for name in SUBSIDY_RETURN} for one in row.returns.all()],
        }
        for row in shown
    ]  # fmt: skip


def rules_told(row: SplitRuleSet | None) -> Document:
    """A version of the rules, 0 where none are published, and the default, by which goes what meets none of them."""
    default = {"code": DEFAULT.code, "name": dict(DEFAULT.name), "mode": str(DEFAULT.mode),
               "receivers": list(DEFAULT.receivers), "ratio_ppm": DEFAULT.ratio_ppm}  # fmt: skip
    return {"version": row.version if row else 0, "rules": row.rules if row else [], "default": default}


def receivers_told(rows: Iterable[SplitReceiver]) -> list[Document]:
    """Accounts that shares go to, their numbers masked."""
    shown = list(rows)
    codes = codes_of([row.party_id for row in shown])
    return [
        {name: getattr(row, name) for name in RECEIVER}
        | {"party": codes[row.party_id], "channel": row.channel.code}
        for row in shown
    ]
