"""Parties by code."""

from collections.abc import Iterable, Mapping

from zhanggui.parties.models import Party


def codes_of(ids: Iterable[int]) -> Mapping[int, str]:
    """Codes of parties by id; 0 and whoever is unknown are ''."""
    found = dict(Party.objects.filter(id__in=set(ids)).values_list("id", "code"))
    return {number: found.get(number, "") for number in ids}
