"""The API itself: its routes, who may call them, and how it answers when something is wrong."""

from functools import cache
from typing import Any

from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from zhanggui.portals.api.access import KeyAccess, SessionAccess
from zhanggui.portals.api.bodies import StrictJson
from zhanggui.portals.api.endpoints import (
    adjustments,
    after_sale,
    applications,
    approvals,
    archives,
    arrangements,
    backups,
    billing,
    buyers,
    charges,
    collections,
    comparisons,
    contracts,
    customers,
    details,
    differences,
    disputes,
    dunning,
    exports,
    feeds,
    fees,
    funds,
    goods,
    goods_parts,
    goods_uploads,
    guarantees,
    imports,
    invoices,
    keys,
    ledger,
    lines,
    mall,
    mall_moves,
    mall_orders,
    member_rebates,
    notices,
    order_holds,
    orders,
    own_checks,
    parties,
    payments,
    payouts,
    people,
    promotions,
    proof,
    questions,
    receipts,
    receivers,
    reconciliation,
    reviews,
    security,
    splits,
    statements,
    tariffs,
    taxes,
    watching,
)
from zhanggui.portals.api.errors import install
from zhanggui.portals.api.routes import Json, refuse_unknown_parameters

ABOUT = (
    "Settlement of a multi-merchant mall: orders in, fee details, statements, ledger. Amounts are integers in"
    " minor units; times are UTC. Lists are paged by cursor. Writes carry an Idempotency-Key. Every error has"
    " one shape."
)
ROUTERS = (
    people.router, keys.router, archives.router, backups.router, security.router, orders.router, order_holds.router,
    mall_orders.router, mall_moves.router, customers.router, questions.router, reviews.router, notices.router,
    imports.router, charges.router, feeds.router,
    billing.router, statements.router,
    details.router,
    approvals.router, payouts.router, receivers.router, adjustments.router, guarantees.router,
    collections.router, disputes.router, invoices.router, fees.router, comparisons.router, ledger.router,
    parties.router, contracts.router, exports.router, watching.router, funds.router,
    reconciliation.router, differences.router, own_checks.router, arrangements.router,
    promotions.router, member_rebates.router, tariffs.router,
    proof.router, lines.router, taxes.router,
    dunning.router, receipts.router, buyers.router, payments.router, after_sale.router, splits.router,
    mall.router, applications.router, goods.router, goods_parts.router, goods_uploads.router,
)  # fmt: skip


class Api(NinjaAPI):
    """Ninja's, with its document made once: seconds of work for whoever asks."""

    def get_openapi_schema(
        self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None
    ) -> OpenAPISchema:
        """The document; the routes that it describes stand when the program has started."""
        return self._described(self.get_root_path(path_params or {}) if path_prefix is None else path_prefix)

    @cache  # noqa: B019  # there is one of these, as long as the process lives
    def _described(self, path_prefix: str) -> OpenAPISchema:
        return super().get_openapi_schema(path_prefix=path_prefix)


api = Api(
    title="Zhanggui",
    version="1",
    description=ABOUT,
    urls_namespace="api",
    auth=[KeyAccess(), SessionAccess()],
    parser=StrictJson(),
    renderer=Json(),
    docs_url=None,
    openapi_url="/openapi.json",
)
install(api)
for router in ROUTERS:
    refuse_unknown_parameters(router)
    api.add_router("", router)
