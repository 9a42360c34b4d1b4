"""What each role may do: one table for screens, API and commands alike.

A permission is `area.act`. Anything not listed is refused.
"""

from zhanggui.parties.models import Role

READ_PLATFORM = frozenset({
    "statements.view", "details.view", "fees.view", "rules.view", "imports.view", "orders.view",
    "ledger.view", "periods.view", "audit.view", "parties.view", "exports.create",
})  # fmt: skip
READ_MERCHANT = frozenset({"own_statements.view", "own_details.view", "own_exports.create"})

PERMISSIONS: dict[str, frozenset[str]] = {
    Role.PLATFORM_ADMIN: READ_PLATFORM
    | {"rules.publish", "imports.create", "billing.run", "periods.close", "statements.confirm",
       "disputes.resolve", "corrections.create", "parties.change", "charges.create"},
    Role.PLATFORM_FINANCE: READ_PLATFORM
    | {"billing.run", "periods.close", "statements.confirm", "disputes.resolve", "corrections.create",
       "charges.create", "rules.publish"},
    Role.PLATFORM_OPERATIONS: READ_PLATFORM | {"imports.create", "charges.create"},
    Role.PLATFORM_AUDITOR: READ_PLATFORM,
    Role.MERCHANT_OWNER: READ_MERCHANT | {"own_statements.confirm", "own_disputes.open"},
    Role.MERCHANT_FINANCE: READ_MERCHANT | {"own_statements.confirm", "own_disputes.open"},
    Role.MERCHANT_VIEWER: READ_MERCHANT,
}  # fmt: skip


def permissions_of(roles: frozenset[str]) -> frozenset[str]:
    """This function will return the union of what `roles` may do."""
    return frozenset().union(*(PERMISSIONS.get(role, frozenset()) for role in roles))
