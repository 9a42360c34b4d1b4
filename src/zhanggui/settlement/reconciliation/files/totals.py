"""Control totals: what a bill says at its foot against what its rows come to."""

from collections.abc import Mapping

from zhanggui.settlement.reconciliation.errors import BillFooterDisagrees


def compare(
    name: str, *, told: Mapping[str, int], found: Mapping[str, int], shown: Mapping[str, str]
) -> None:
    """This function will refuse a bill whose foot disagrees with its rows, naming every figure.

    `told` and `found` are whole numbers by the foot's own names; `shown` says how the bill printed it.
    Raises BillFooterDisagrees.
    """
    off = [key for key in told if told[key] != found.get(key, 0)]
    if off:
        figures = "; ".join(f"{key} {shown[key]} ≠ {_plain(found.get(key, 0), shown[key])}" for key in off)
        raise BillFooterDisagrees(
            f"{name}: the foot is not what the rows come to: {figures}. Rows are missing or were added;"
            " fetch the bill again",
            told={key: told[key] for key in off},
            found={key: found.get(key, 0) for key in off},
        )


def _plain(value: int, like: str) -> str:
    """The figure with as many decimals as the foot prints."""
    decimals = len(like.partition(".")[2])
    if not decimals:
        return str(value)
    sign, digits = ("-" if value < 0 else ""), str(abs(value)).rjust(decimals + 1, "0")
    return f"{sign}{digits[:-decimals]}.{digits[-decimals:]}"
