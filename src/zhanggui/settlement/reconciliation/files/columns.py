"""Columns found by the names in the header, whatever their order and whichever year's names they bear."""

from collections.abc import Mapping, Sequence

from zhanggui.settlement.reconciliation.errors import BillHeaderRefused


def places(
    header: Sequence[str], *, wanted: Mapping[str, Sequence[str]], optional: Mapping[str, Sequence[str]], name: str
) -> dict[str, int]:  # fmt: skip
    """This function will return where each column stands; -1 for an optional one that is not there.

    `wanted` and `optional` give for each of our names the header's possible names. Raises BillHeaderRefused.
    """
    plain = [cell.strip().strip("`\ufeff\t ") for cell in header]
    found: dict[str, int] = {}
    missing = []
    for ours, theirs in [*wanted.items(), *optional.items()]:
        place = next((plain.index(one) for one in theirs if one in plain), -1)
        if place < 0 and ours in wanted:
            missing.append(theirs[0])
        found[ours] = place
    if missing:
        raise BillHeaderRefused(
            f"{name}: the header lacks {', '.join(missing)}; it has: {', '.join(plain)[:300]}; fetch the bill"
            " again as the channel writes it",
            missing=missing,
        )
    return found
