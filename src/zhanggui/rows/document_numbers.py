"""Numbers of documents that leave the house: time of making and chance, so that nobody guesses the next one."""

import secrets
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

#: Channels in China read the time in our numbers as Beijing's, whatever zone the mall is in.
BEIJING: Final = ZoneInfo("Asia/Shanghai")
_LETTERS: Final = "0123456789abcdefghjkmnpqrstvwxyz"  # without those that look like others


def fresh_number(prefix: str, at: datetime) -> str:
    """This function will return a number such as P20261126174400ab12cd: `prefix`, YYYYMMDDhhmmss in Beijing, and six
    letters of chance (a thousand million in every second; the table's unique key is the last word)."""
    return (
        f"{prefix}{at.astimezone(BEIJING):%Y%m%d%H%M%S}{''.join(secrets.choice(_LETTERS) for _ in range(6))}"
    )
