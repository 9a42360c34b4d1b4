"""What each role may do: one table for screens, API and commands alike.

A permission is `area.act`. Anything not listed is refused.
"""

from zhanggui.parties.models import PartyKind, Role

READ_PLATFORM = frozenset({
    "statements.view", "details.view", "fees.view", "rules.view", "imports.view", "orders.view",
    "ledger.view", "periods.view", "audit.view", "parties.view", "exports.create",
    "payouts.view", "receivers.view", "collections.view", "guarantees.view", "adjustments.view",
    "invoices.view", "reconciliation.view", "funds.view", "alerts.view", "jobs.view", "reports.view",
    "approvals.view", "own_accounts.view",
    "buyers.view", "applications.view",
    "charges_of_buyers.view", "splits.view", "returns.view", "reviews.view", "goods.view", "promotions.view",
    "questions.view",
})  # fmt: skip
# Whoever makes a document that moves money; another person has to check it (approvals know who made it).
MAKE = frozenset({
    "payouts.make", "receivers.change", "collections.act", "guarantees.act", "adjustments.make",
    "invoices.act", "reconciliation.act", "alerts.act", "charges_of_buyers.act", "splits.act",
})  # fmt: skip
CHECK = frozenset({"approvals.decide", "receivers.reveal"})
# Whoever looks after the security of money: findings about people are not everybody's.
GUARD = frozenset({"security.view", "security.audit"})
READ_MERCHANT = frozenset({
    "own_statements.view", "own_details.view", "own_exports.create", "own_payouts.view", "own_guarantees.view",
    "own_invoices.view", "own_reconciliation.view", "own_funds.view", "own_goods.view", "own_promotions.view",
    "own_reviews.view", "own_contracts.view", "own_questions.view", "own_customers.view",
})  # fmt: skip
ACT_MERCHANT = frozenset({
    "own_statements.confirm", "own_disputes.open", "own_receivers.change", "own_invoices.act",
    "own_reconciliation.act",
})  # fmt: skip
# Goods on their way: who sends them, a merchant or a supplier.
SHIP = frozenset({"own_orders.view", "own_orders.ship", "own_orders.note"})
READ_SUPPLIER = frozenset({
    "own_statements.view", "own_details.view", "own_exports.create", "own_payouts.view", "own_supplies.view",
    "own_orders.view", "own_goods.view", "own_contracts.view",
})  # fmt: skip

PERMISSIONS: dict[str, frozenset[str]] = {
    Role.PLATFORM_ADMIN: READ_PLATFORM | MAKE | CHECK | GUARD
    | {"buyers.change", "applications.decide"}
    | {"returns.decide", "reviews.decide", "questions.answer", "parameters.change", "channels.change",
       "promotions.change"}
    | {"security.change", "limits.change", "own_accounts.change", "policies.change", "backups.run",
       "alert_rules.publish", "jobs.run", "feeds.change"}
    | {"rules.publish", "imports.create", "billing.run", "periods.close", "statements.confirm",
       "disputes.resolve", "corrections.create", "parties.change", "charges.create", "orders.hold",
       "orders.transfer", "orders.note", "parcels.track", "goods.review", "catalogue.change",
       "shops.change"},
    Role.PLATFORM_FINANCE: READ_PLATFORM | MAKE
    | {"billing.run", "periods.close", "statements.confirm", "disputes.resolve", "corrections.create",
       "charges.create", "rules.publish", "alert_rules.publish", "jobs.run", "policies.change", "orders.hold",
       "feeds.change"},
    Role.PLATFORM_CASHIER: READ_PLATFORM | {"payouts.make", "collections.act"},
    Role.PLATFORM_CONTROLLER: READ_PLATFORM | CHECK | GUARD,
    Role.PLATFORM_OPERATIONS: READ_PLATFORM
    | {"buyers.change", "applications.decide"}
    | {"imports.create", "charges.create", "orders.hold", "orders.transfer", "orders.note", "parcels.track",
       "returns.decide", "reviews.decide", "questions.answer", "parameters.change", "goods.review",
       "catalogue.change", "shops.change", "promotions.change"},
    Role.PLATFORM_SERVICE: READ_PLATFORM | {"questions.answer", "reviews.decide", "orders.note", "parcels.track"},
    Role.PLATFORM_AUDITOR: READ_PLATFORM | GUARD,
    Role.MERCHANT_OWNER: READ_MERCHANT | ACT_MERCHANT | SHIP
    | {"own_staff.change", "own_returns.view", "own_returns.answer", "own_reviews.answer", "own_questions.answer",
       "own_goods.change", "own_shop.change", "own_promotions.change"},
    Role.MERCHANT_FINANCE: READ_MERCHANT | ACT_MERCHANT | {"own_orders.view", "own_orders.note"},
    Role.MERCHANT_VIEWER: READ_MERCHANT | {"own_orders.view"},
    Role.MERCHANT_STAFF: SHIP
    | {"own_exports.create", "own_returns.view", "own_returns.answer", "own_reviews.view", "own_reviews.answer",
       "own_questions.view", "own_questions.answer", "own_customers.view", "own_goods.view", "own_goods.change",
       "own_promotions.view", "own_promotions.change"},
    Role.SUPPLIER_OWNER: READ_SUPPLIER | SHIP
    | {"own_supplies.change", "own_goods.change", "own_statements.confirm", "own_disputes.open",
       "own_receivers.change", "own_staff.change"},
    Role.SUPPLIER_STAFF: SHIP | {"own_supplies.view", "own_goods.view", "own_exports.create"},
}  # fmt: skip


def permissions_of(roles: frozenset[str]) -> frozenset[str]:
    """This function will return the union of what `roles` may do."""
    return frozenset().union(*(PERMISSIONS.get(role, frozenset()) for role in roles))


ROLES: tuple[str, ...] = tuple(Role.values)
PLATFORM_ROLES = frozenset(role for role in ROLES if role.startswith("platform_"))
SUPPLIER_ROLES = frozenset(role for role in ROLES if role.startswith("supplier_"))
KEEPERS = frozenset({Role.PLATFORM_ADMIN.value, Role.MERCHANT_OWNER.value, Role.SUPPLIER_OWNER.value})
"""Who may give and take roles at their party; the last one keeps the role."""


def role_fits(role: str, kind: str) -> bool:
    """This function will say whether a role can be held at a party of a kind. At a supplier, which is settled as a
    merchant is, a merchant's roles can be held too."""
    if kind == PartyKind.PLATFORM or role in PLATFORM_ROLES:
        return kind == PartyKind.PLATFORM and role in PLATFORM_ROLES
    return role not in SUPPLIER_ROLES or kind == PartyKind.SUPPLIER


def duties_meet(roles: frozenset[str]) -> bool:
    """This function will say whether `roles` together let one person both make and check what moves money.

    Nobody checks a document of their own whatever the roles; this is for those who want duties apart altogether.
    """
    allowed = permissions_of(roles)
    return bool(allowed & MAKE) and "approvals.decide" in allowed
