"""An application to open a shop comes in, and is decided; accepted, its party and first log-in are opened."""

from datetime import datetime

from django.db import transaction

from zhanggui.journeys.party_opened import party_opened
from zhanggui.journeys.people_changed import password_set, person_added
from zhanggui.outbox.operations.write_notices import write_notices
from zhanggui.outbox.rules import Told
from zhanggui.parties.models import Party, PartyKind, Role, User
from zhanggui.trade.applications.errors import ApplicationDecided, InvitationUsed
from zhanggui.trade.applications.models import ApplicantKind, Application, ApplicationState
from zhanggui.trade.applications.operations.decide_application import decide_application
from zhanggui.trade.applications.operations.submit_application import submit_application
from zhanggui.trade.applications.queries import application_by_number, application_by_secret
from zhanggui.trade.applications.rules import Asked


@transaction.atomic
def application_submitted(*, asked: Asked, address: str, at: datetime) -> tuple[Application, str]:
    """This function will keep an application and return it with its secret. Raises TooManyApplications,
    ApplicationWrong, ApplicationWaits, and what `files` refuses."""
    return submit_application(asked=asked, address=address, at=at)


@transaction.atomic
def application_accepted(*, number: str, code: str, username: str, at: datetime, actor: str) -> Application:
    """This function will open the applicant's party under `code` with an owner's log-in, and accept the application,
    all or nothing. The log-in has no password: its owner gives it one by the application's link, once. The same
    acceptance again is answered as it is. Raises UnknownApplication, ApplicationDecided, PartyExists,
    PartyIncomplete, NameTaken."""
    row = application_by_number(number, lock=True)
    if row.state == ApplicationState.ACCEPTED:
        _the_same(row, code, username)
        return row
    supplies = row.kind == ApplicantKind.SUPPLIER
    if row.state == ApplicationState.WAITING:
        party = party_opened(
            code=code, kind=PartyKind.SUPPLIER if supplies else PartyKind.MERCHANT, name={"zh": row.name}, at=at,
            actor=actor,
        )  # fmt: skip
        user = person_added(
            username=username, password=None, full_name=row.contact, party=party,
            role=Role.SUPPLIER_OWNER if supplies else Role.MERCHANT_OWNER, at=at, actor=actor,
        )  # fmt: skip
        write_notices(told=[Told("application.accepted", row.number, party_id=party.id)], at=at)
        return decide_application(
            row=row, accepted=True, at=at, actor=actor, party_id=party.id, username=user.username
        )
    return decide_application(row=row, accepted=True, at=at, actor=actor)  # refused: it was decided


@transaction.atomic
def application_rejected(*, number: str, reason: str, at: datetime, actor: str) -> Application:
    """This function will reject an application with a reason the applicant reads. The same again is answered as it
    is. Raises UnknownApplication, ApplicationDecided, ApplicationWrong."""
    row = application_by_number(number, lock=True)
    if row.state == ApplicationState.REJECTED and row.reason == reason.strip():
        return row
    return decide_application(row=row, accepted=False, at=at, actor=actor, reason=reason)


@transaction.atomic
def invitation_used(*, secret: str, password: str, at: datetime) -> User:
    """This function will give the log-in of an accepted application its first password, once. Raises
    UnknownApplication, InvitationUsed, PasswordRefused."""
    row = application_by_secret(secret, lock=True)
    user = User.objects.filter(username=row.username, is_active=True).first() if row.username else None
    if user is None or user.has_usable_password():
        raise InvitationUsed("this log-in has its password already; log in with it, or ask the platform")
    password_set(user=user, password=password, at=at, actor=user.username)
    return user


def _the_same(row: Application, code: str, username: str) -> None:
    """Raises ApplicationDecided when it was accepted otherwise."""
    if Party.objects.get(id=row.party_id).code != code or row.username != username.strip():
        raise ApplicationDecided(
            f"application {row.number} was accepted by {row.decided_by} under another code or user name",
            number=row.number, state=row.state,
        )  # fmt: skip
