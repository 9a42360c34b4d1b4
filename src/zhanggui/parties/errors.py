"""Refusals about people and their roles, in order of precedence."""

from zhanggui.money.errors import Refusal


class PeopleError(Refusal):
    """Root of the refusals of this package."""

    code = "people_refused"


class UnknownPerson(PeopleError):
    """Nobody has this user name."""

    code = "unknown_person"
    http_status = 404


class PartyExists(PeopleError):
    """A party has this code already."""

    code = "party_exists"
    http_status = 409


class PartyIncomplete(PeopleError):
    """A party needs a code, a kind other than the platform, and a name."""

    code = "party_incomplete"


class NameTaken(PeopleError):
    """Somebody has this user name already, or it is no user name."""

    code = "name_taken"
    http_status = 409


class PasswordRefused(PeopleError):
    """The password breaks the rules for passwords."""

    code = "password_refused"


class RoleDoesNotFit(PeopleError):
    """There is no such role, or not at this kind of party."""

    code = "role_does_not_fit"


class RoleNotHeld(PeopleError):
    """The person does not hold this role at this party."""

    code = "role_not_held"
    http_status = 409


class UnknownKey(PeopleError):
    """There is no key with this number."""

    code = "unknown_key"
    http_status = 404


class KeyEnded(PeopleError):
    """The key is revoked already."""

    code = "key_ended"
    http_status = 409


class KeyEndsBeforeItBegins(PeopleError):
    """The day on which the key is to end is not after today."""

    code = "key_end_in_the_past"


class LastKeeper(PeopleError):
    """Nobody would be left who could give roles: the last administrator, or a shop's last owner."""

    code = "last_keeper"
    http_status = 409
