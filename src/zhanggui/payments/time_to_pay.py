"""How long a buyer has where a channel takes longer than the mall's usual time."""

from collections.abc import Mapping

PAY_HOURS, MOST_HOURS = "pay_hours", 720


def hours_to_pay(settings: Mapping[str, str]) -> int:
    """This function will return the hours that a channel's setting `pay_hours` gives, counted from the order; 0
    without one. Raises ValueError."""
    text = str(settings.get(PAY_HOURS) or "0")
    if not text.isdecimal() or int(text) > MOST_HOURS:
        raise ValueError(f"the setting {PAY_HOURS} is {text!r}; give whole hours, at most {MOST_HOURS}")
    return int(text)
