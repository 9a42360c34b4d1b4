"""Hold a finished rating against the books."""

from functools import partial
from pathlib import Path

from zhanggui.settlement.ratings.comparing import Compared, compare_part
from zhanggui.settlement.ratings.folder import finished
from zhanggui.settlement.ratings.operations.rate_lines import Hands, in_turn


def compare_rating(*, folder: Path, hands: Hands = in_turn) -> Compared:
    """This function will hold every rated line in the folder against what it was billed as, party by party: its
    details, their rules and bases, entity, invoice mode. Changes nothing. Raises NotRated."""
    place = folder.resolve()
    found = Compared()
    for one in hands(partial(compare_part, place / part["name"]) for part in finished(place)["parts"]):
        found.add(one)
    return found
