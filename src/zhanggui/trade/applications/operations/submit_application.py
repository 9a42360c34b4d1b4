"""Somebody outside applies to open a shop, or to supply."""

import base64
import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from zhanggui.audit.operations.record_change import record_change
from zhanggui.files.checking import check_content
from zhanggui.trade.applications.errors import ApplicationWaits, ApplicationWrong, TooManyApplications
from zhanggui.trade.applications.models import ApplicantKind, Application, EntityKind
from zhanggui.trade.applications.queries import LICENCE_SEALED_AS, digest_of
from zhanggui.trade.applications.rules import LICENCE_FILES, Asked, check_asked
from zhanggui.trade.catalogue.models import Category
from zhanggui.vault.sealing import seal

MOST, WITHIN = 10, timedelta(hours=1)
"""So many applications are taken from one address in this time."""


def submit_application(*, asked: Asked, address: str, at: datetime) -> tuple[Application, str]:
    """This function will keep an application in the caller's transaction, and return it with the secret by which its
    sender sees its state; the secret is kept nowhere. Raises TooManyApplications, ApplicationWrong, ApplicationWaits,
    and what `files` refuses."""
    if Application.objects.filter(address=address, asked_at__gt=at - WITHIN).count() >= MOST:
        raise TooManyApplications("too many applications came from your address; try again in an hour")
    _check(asked)
    secret = secrets.token_urlsafe(32)
    try:
        with transaction.atomic():
            row = Application.objects.create(
                number=f"RZ{at:%y%m%d}{secrets.randbelow(10**6):06d}", secret_digest=digest_of(secret),
                kind=asked.kind, entity_kind=asked.entity_kind, name=asked.name, credit_code=asked.credit_code,
                contact=asked.contact, phone=asked.phone, email=asked.email, categories=list(asked.categories),
                about=asked.about, licence_name=asked.licence_name[:255], address=address, asked_at=at,
                licence_sha256=hashlib.sha256(asked.licence).digest(),
                licence_sealed=seal(base64.b64encode(asked.licence).decode(), purpose=LICENCE_SEALED_AS),
            )  # fmt: skip
    except IntegrityError as error:
        raise ApplicationWaits(
            "an application with this social credit code waits already; look at its link, or wait for our decision"
        ) from error
    record_change(
        at=at, actor="applicant", action="application.submitted", object_kind="application", object_id=row.number,
        after={"kind": row.kind, "name": row.name, "credit_code": row.credit_code},
    )  # fmt: skip
    return row, secret


def _check(asked: Asked) -> None:
    """Raises ApplicationWrong, and what `files` refuses."""
    for field, choices in (("kind", ApplicantKind), ("entity_kind", EntityKind)):
        if getattr(asked, field) not in choices.values:
            raise ApplicationWrong(f"choose one of what is offered for {field}", field=field)
    check_asked(asked)
    known = Category.objects.filter(parent=None, active=True, code__in=asked.categories).values_list(
        "code", flat=True
    )
    if set(known) != set(asked.categories):
        raise ApplicationWrong("choose categories that are there", field="categories")
    check_content(asked.licence, name=asked.licence_name, taken=LICENCE_FILES)
