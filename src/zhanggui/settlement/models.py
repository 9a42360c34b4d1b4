"""The registry of this app's models: shapes live with their packages, so they can move without a migration."""

from zhanggui.settlement.billing.models import BillingChunk, BillingRun
from zhanggui.settlement.details.models import BilledLine
from zhanggui.settlement.entities.models import (
    BusinessLine,
    Dimension,
    OwnAccount,
    SettlementEntity,
    SettlementTerms,
)
from zhanggui.settlement.fees.models import FeeType, RuleSetVersion, RuleVersion
from zhanggui.settlement.intake.models import (
    Charge,
    ChargeBatch,
    ImportRun,
    Reject,
    ShadowDifference,
    StagedLine,
    StagedOrder,
    StagedPayment,
    StagedRefund,
)
from zhanggui.settlement.statements.models import Dispute, Statement, StatementEvent

__all__ = [
    "BilledLine", "BillingChunk", "BillingRun", "BusinessLine", "Charge", "ChargeBatch", "Dimension",
    "Dispute", "FeeType", "ImportRun", "OwnAccount", "Reject", "RuleSetVersion", "RuleVersion", "SettlementEntity",
    "SettlementTerms", "ShadowDifference", "StagedLine", "StagedOrder", "StagedPayment", "StagedRefund",
    "Statement", "StatementEvent",
]  # fmt: skip
