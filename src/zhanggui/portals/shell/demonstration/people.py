"""The log-ins of the demonstration. Each start gives them a password anew: none is kept in the clear."""

import os
import secrets

from django.db import transaction

from zhanggui.parties.models import Membership, Party, Role, User

PASSWORD_VARIABLE = "ZHANGGUI_DEMO_PASSWORD"
PEOPLE = (
    ("admin", "platform", Role.PLATFORM_ADMIN),
    ("finance", "platform", Role.PLATFORM_FINANCE),
    ("cashier", "platform", Role.PLATFORM_CASHIER),
    ("controller", "platform", Role.PLATFORM_CONTROLLER),
    ("auditor", "platform", Role.PLATFORM_AUDITOR),
    ("service", "platform", Role.PLATFORM_SERVICE),
    ("shop-22", "shop-22", Role.MERCHANT_OWNER),
    ("shop-03", "shop-03", Role.MERCHANT_OWNER),
    # Those of whom the story of the money tells: a payment failed, one came back, a debt was set off.
    ("shop-07", "shop-07", Role.MERCHANT_OWNER),
    ("shop-11", "shop-11", Role.MERCHANT_OWNER),
    ("shop-services", "shop-services", Role.MERCHANT_OWNER),
    ("clear-kiln", "clear-kiln", Role.MERCHANT_OWNER),
    ("flower-brook", "flower-brook", Role.SUPPLIER_OWNER),
)


BUYERS = ("lin", "chen", "anna")


@transaction.atomic
def give_log_ins() -> list[dict[str, str]]:
    """Make the people who are missing, set everybody's password; name, password, party and role."""
    chosen = os.environ.get(PASSWORD_VARIABLE, "")
    told = []
    for name, party, role in PEOPLE:
        password = chosen or secrets.token_urlsafe(9)
        user, _ = User.objects.get_or_create(username=name)
        user.set_password(password)
        user.save(update_fields=["password"])
        Membership.objects.get_or_create(user=user, party=Party.objects.get(code=party), role=role)
        told.append({"user": name, "password": password, "party": party, "role": role.value})
    for user in User.objects.filter(username__in=BUYERS).order_by("id"):
        password = chosen or secrets.token_urlsafe(9)
        user.set_password(password)
        user.save(update_fields=["password"])
        told.append({"user": user.get_username(), "password": password, "party": "mall", "role": "buyer"})
    return told
