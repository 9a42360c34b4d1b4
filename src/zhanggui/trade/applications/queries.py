"""Reads over applications."""

import base64
import hashlib

from zhanggui.parties.models import User
from zhanggui.trade.applications.errors import UnknownApplication
from zhanggui.trade.applications.models import Application, ApplicationState
from zhanggui.vault.sealing import unseal

LICENCE_SEALED_AS = "application.licence"


def digest_of(secret: str) -> bytes:
    """This function will return what is kept of a secret; it has 256 random bits."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()


def application_by_number(number: str, *, lock: bool = False) -> Application:
    """This function will return an application. Raises UnknownApplication."""
    rows = Application.objects.select_for_update() if lock else Application.objects.all()
    return _found(rows.filter(number=number).first())


def application_by_secret(secret: str, *, lock: bool = False) -> Application:
    """This function will return the application that a secret opens. Raises UnknownApplication."""
    rows = Application.objects.select_for_update() if lock else Application.objects.all()
    return _found(rows.filter(secret_digest=digest_of(secret)).first())


def _found(row: Application | None) -> Application:
    if row is None:
        raise UnknownApplication("there is no such application; check the number or the link")
    return row


def licence_of(row: Application) -> bytes:
    """This function will return the picture of the licence, as it was kept."""
    return base64.b64decode(unseal(bytes(row.licence_sealed), purpose=LICENCE_SEALED_AS))


def applications_waiting() -> int:
    """This function will return how many applications wait to be decided."""
    return Application.objects.filter(state=ApplicationState.WAITING).count()


def first_password_wanted(row: Application) -> bool:
    """This function will say whether the log-in that was opened for an applicant has no password yet."""
    user = User.objects.filter(username=row.username, is_active=True).first() if row.username else None
    return user is not None and not user.has_usable_password()
