"""What became of a payment that lies with a sub-merchant (二级商户), in a table that adds up: what was paid, the
channel's fee, what we added, our part, and what the merchant has."""

from collections.abc import Iterable, Mapping

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from zhanggui.payments.models import ChargePart
from zhanggui.payments.sub_merchants import fee_back
from zhanggui.portals.desk.amounts import format_money
from zhanggui.portals.platform.guarded.documents import Cell, Table
from zhanggui.settlement.splits.models import ShareState, ShareWay, SplitShare
from zhanggui.settlement.subsidies.models import SubsidyState
from zhanggui.settlement.subsidies.queries import subsidy_of


def reckoning(part: ChargePart) -> Table:
    """The payment of an order line by line, before its refunds, by them, and as it is now."""
    currency = part.charge.currency
    return Table(
        pgettext("splits", "How it adds up"),
        [(pgettext("splits", "Of this order"), False), (pgettext("splits", "Before refunds"), True),
         (pgettext("splits", "By refunds"), True), (pgettext("splits", "Now"), True)],
        [
            [Cell(label), *(Cell(format_money(one, currency), number=True) for one in (came, back, came + back))]
            for label, came, back in _lines(part)
        ],
    )  # fmt: skip


def _lines(part: ChargePart) -> list[tuple[str, int, int]]:
    shares = _by_way(SplitShare.objects.filter(split__part=part, state=ShareState.SUCCEEDED))
    ours, sent = shares[ShareWay.OURS], shares[ShareWay.SENT]
    subsidy = subsidy_of(part)
    added = (
        (subsidy.amount_minor, -subsidy.returned_minor)
        if subsidy and subsidy.state == SubsidyState.PAID
        else (0, 0)
    )
    lines = [
        (pgettext("splits", "Paid by the buyer"), part.amount_minor, -part.refunded_minor),
        (
            pgettext("splits", "The channel's fee"), -part.fee_minor,
            fee_back(part.fee_minor, part.amount_minor, part.refunded_minor),
        ),
        (_("Kept beyond that, by its bills"), -part.fee_off_minor, 0),
        (pgettext("splits", "Subsidy of the platform"), *added),
        (pgettext("splits", "The platform's part"), -ours[0], ours[1]),
        (pgettext("splits", "Shares of others"), -sent[0], sent[1]),
    ]  # fmt: skip
    shown = [line for line in lines if line[1] or line[2]]
    left = (sum(came for _label, came, _back in shown), sum(back for _label, _came, back in shown))
    return [*shown, (pgettext("splits", "The merchant has"), *left)]


def _by_way(shares: Iterable[SplitShare]) -> Mapping[str, tuple[int, int]]:
    """What went each way, and what came back of it."""
    found = {str(way): (0, 0) for way in ShareWay}
    for one in shares:
        amount, returned = found[one.way]
        found[one.way] = (amount + one.amount_minor, returned + one.returned_minor)
    return found
