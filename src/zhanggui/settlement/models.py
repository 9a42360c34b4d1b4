"""The registry of this app's models: shapes live with their packages, so they can move without a migration."""

from zhanggui.settlement.adjustments.models import Adjustment, Rebate, RebateAgreement
from zhanggui.settlement.billing.models import BillingChunk, BillingRun
from zhanggui.settlement.collections.models import (
    Claim,
    CollectionPolicy,
    Debt,
    DebtSettlement,
    DunningNote,
    Receipt,
    ReceiptRefund,
    WriteOff,
)
from zhanggui.settlement.details.models import BilledLine
from zhanggui.settlement.entities.models import (
    BusinessLine,
    Dimension,
    OwnAccount,
    SettlementEntity,
    SettlementTerms,
)
from zhanggui.settlement.fees.models import FeeType, RuleSetVersion, RuleVersion
from zhanggui.settlement.guarantees.models import (
    Deposit,
    DepositMovement,
    DepositOrder,
    DepositRequirement,
    Hold,
    HoldMovement,
    ReservePolicy,
)
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
from zhanggui.settlement.monitoring.models import Alert, AlertEvent, AnomalyRule, MonitoringRun
from zhanggui.settlement.statements.models import Dispute, Statement, StatementEvent

__all__ = [
    "Adjustment",
    "Alert",
    "AlertEvent",
    "AnomalyRule",
    "BilledLine",
    "BillingChunk",
    "BillingRun",
    "BusinessLine",
    "Charge",
    "ChargeBatch",
    "Claim",
    "CollectionPolicy",
    "Debt",
    "DebtSettlement",
    "Deposit",
    "DepositMovement",
    "DepositOrder",
    "DepositRequirement",
    "Dimension",
    "Dispute",
    "DunningNote",
    "FeeType",
    "Hold",
    "HoldMovement",
    "ImportRun",
    "MonitoringRun",
    "OwnAccount",
    "Rebate",
    "RebateAgreement",
    "Receipt",
    "ReceiptRefund",
    "Reject",
    "ReservePolicy",
    "RuleSetVersion",
    "RuleVersion",
    "SettlementEntity",
    "SettlementTerms",
    "ShadowDifference",
    "StagedLine",
    "StagedOrder",
    "StagedPayment",
    "StagedRefund",
    "Statement",
    "StatementEvent",
    "WriteOff",
]
