"""Entries posted by another ledger, in an environment of its own: a script that knows nothing of ours.

Standard input is a JSON document: `peer`, `database` (Django's settings of one) and `entries`, each a list of
[account, minor units], debit positive. So is the answer on standard output: version, seconds, entries and legs.
"""

import importlib
import importlib.metadata
import json
import sys
import time
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

type Legs = Sequence[tuple[int, int]]
type Post = Callable[[Legs], object]

WARM_UP = 5
APPS = {
    "django-hordak": ("mptt", "hordak"),
    "django-ledger": (
        "django.contrib.admin",
        "django.contrib.messages",
        "django.contrib.sessions",
        "django_ledger",
    ),
}


def main() -> None:
    asked = json.load(sys.stdin)
    settings = importlib.import_module("django.conf").settings
    settings.configure(
        DATABASES={"default": asked["database"]}, SECRET_KEY="of nothing", USE_TZ=True, TIME_ZONE="UTC",
        INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", *APPS[asked["peer"]]],
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField", DEFAULT_CURRENCY="CNY", CURRENCIES=["CNY"],
        HORDAK_INTERNAL_CURRENCY="CNY",
    )  # fmt: skip
    importlib.import_module("django").setup()
    call_command = importlib.import_module("django.core.management").call_command
    call_command("migrate", verbosity=0, interactive=False)
    accounts = sorted({account for legs in asked["entries"] for account, _ in legs})
    post, counted = {"django-hordak": hordak, "django-ledger": django_ledger}[asked["peer"]](accounts)
    for legs in asked["entries"][:WARM_UP]:
        post(legs)
    measured = asked["entries"][WARM_UP:]
    before, began = counted(), time.perf_counter()
    for legs in measured:
        post(legs)
    seconds = time.perf_counter() - began
    entries, legs_posted = (now - then for now, then in zip(counted(), before, strict=True))
    json.dump({
        "version": importlib.metadata.version(asked["peer"]), "seconds": seconds, "entries": entries,
        "legs": legs_posted, "asked": [len(measured), sum(map(len, measured))],
    }, sys.stdout)  # fmt: skip


def hordak(accounts: Sequence[int]) -> tuple[Post, Callable[[], tuple[int, int]]]:
    """A Transaction and its Legs, as the documentation of django-hordak shows."""
    models = importlib.import_module("hordak.models")
    money = importlib.import_module("moneyed").Money
    atomic = importlib.import_module("django.db").transaction.atomic
    by_number = {
        number: models.Account.objects.create(
            name=str(number), code=str(place), type="AS", currencies=["CNY"]
        )
        for place, number in enumerate(accounts)
    }

    def post(legs: Legs) -> None:
        with atomic():
            entry = models.Transaction.objects.create(description="an order")
            for account, minor in legs:
                side = {"debit" if minor > 0 else "credit": money(Decimal(abs(minor)) / 100, "CNY")}
                models.Leg.objects.create(transaction=entry, account=by_number[account], **side)

    return post, lambda: (models.Transaction.objects.count(), models.Leg.objects.count())


def django_ledger(accounts: Sequence[int]) -> tuple[Post, Callable[[], tuple[int, int]]]:
    """A posted journal entry by `commit_txs`, as the documentation of django-ledger shows."""
    models = importlib.import_module("django_ledger.models")
    roles = importlib.import_module("django_ledger.io").roles
    user = importlib.import_module("django.contrib.auth").get_user_model().objects.create_user("bench")
    now = importlib.import_module("django.utils.timezone").now
    entity = models.EntityModel.create_entity(
        name="bench", use_accrual_method=True, admin=user, fy_start_month=1
    )
    entity.create_chart_of_accounts(assign_as_default=True, commit=True, coa_name="bench")
    by_number = {
        number: entity.create_account(
            code=f"{1000 + place}",
            role=roles.ASSET_CA_CASH,
            name=str(number),
            balance_type="debit",
            active=True,
        )
        for place, number in enumerate(accounts)
    }
    ledger = entity.create_ledger(name="bench", posted=True)

    def post(legs: Legs) -> None:
        rows: list[dict[str, Any]] = [
            {"account": by_number[account], "amount": Decimal(abs(minor)) / 100,
             "tx_type": "debit" if minor > 0 else "credit", "description": "an order"}
            for account, minor in legs
        ]  # fmt: skip
        entity.commit_txs(je_timestamp=now(), je_txs=rows, je_ledger_model=ledger, je_posted=True)

    return post, lambda: (
        models.JournalEntryModel.objects.filter(posted=True).count(),
        models.TransactionModel.objects.count(),
    )


if __name__ == "__main__":
    main()
