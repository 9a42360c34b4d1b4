"""The chart of accounts as data (marketplace, agent side). Source: settlement fact sheet E1.

`normal` is the side on which the account usually stands: "debit" or "credit".
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Purpose:
    """One line of the chart: its code, names in both languages, kind and normal side."""

    code: str
    zh: str
    en: str
    kind: str  # asset | liability | income | expense
    normal: str  # debit | credit


CHART: tuple[Purpose, ...] = (
    Purpose("1002", "银行存款", "Bank", "asset", "debit"),
    Purpose("1012.01", "在途资金·待结算", "Gateway in transit: unsettled", "asset", "debit"),
    Purpose("1012.02", "在途资金·可用", "Gateway in transit: available", "asset", "debit"),
    Purpose("1012.03", "在途资金·冻结", "Gateway in transit: frozen", "asset", "debit"),
    Purpose("1012.04", "在途资金·二级商户", "Gateway in transit: held by sub-merchants", "asset", "debit"),
    Purpose("1012.05", "在途资金·打款", "Gateway in transit: payouts", "asset", "debit"),
    Purpose("1122", "应收商家款", "Merchant receivable", "asset", "debit"),
    Purpose("1123", "预付补贴", "Subsidy and advance receivable", "asset", "debit"),
    Purpose("1221", "其他应收款", "Other receivables", "asset", "debit"),
    Purpose("2202.01", "应付商家·待计费", "Party payable: pending", "liability", "credit"),
    Purpose("2202.02", "应付商家·已计费", "Party payable: billed on a statement", "liability", "credit"),
    Purpose("2202.03", "应付商家·已确认", "Party payable: confirmed", "liability", "credit"),
    Purpose("2202.04", "应付商家·付款在途", "Party payable: payout in transit", "liability", "credit"),
    Purpose("2202.05", "应付商家·冻结", "Party payable: reserved or frozen", "liability", "credit"),
    Purpose("2202.06", "应付商家·分账在途", "Party payable: split in transit", "liability", "credit"),
    Purpose("2204", "合同负债·积分", "Contract liability: points", "liability", "credit"),
    Purpose("2205", "储值与礼品卡", "Stored value and gift cards", "liability", "credit"),
    Purpose("2221.01", "应交增值税", "VAT payable", "liability", "credit"),
    Purpose("2221.02", "代扣代缴税", "Tax withheld", "liability", "credit"),
    Purpose("2241.01", "商家保证金", "Merchant deposits", "liability", "credit"),
    Purpose("2241.02", "应付分销佣金", "Distributor commission payable", "liability", "credit"),
    Purpose("2241.03", "买家余额", "Buyer wallet", "liability", "credit"),
    Purpose("2241.04", "应退买家款", "Refunds payable to buyers", "liability", "credit"),
    Purpose("2241.08", "待认领收款", "Unclaimed receipts", "liability", "credit"),
    Purpose("2241.07", "对账挂账", "Reconciliation suspense", "liability", "credit"),
    Purpose("2241.09", "代收代付往来", "Clearing between parties", "liability", "credit"),
    Purpose("2241.10", "待退款", "To be given back", "liability", "credit"),
    Purpose("2241.11", "退款在途", "Being given back", "liability", "credit"),
    Purpose("6001.01", "佣金收入", "Commission income", "income", "credit"),
    Purpose(
        "6001.02", "技术与交易服务费收入", "Technology and transaction service income", "income", "credit"
    ),
    Purpose("6001.03", "广告与推广收入", "Advertising and promotion income", "income", "credit"),
    Purpose("6001.04", "物流与仓储收入", "Logistics and storage income", "income", "credit"),
    Purpose("6001.05", "保险与保障收入", "Insurance and guarantee income", "income", "credit"),
    Purpose("6001.06", "支付手续费收入", "Payment fee income", "income", "credit"),
    Purpose("6001.07", "其他服务收入", "Other service income", "income", "credit"),
    Purpose(
        "6051", "分期利息及支付差额收入", "Instalment interest and payment differences", "income", "credit"
    ),
    Purpose("6301", "违约金收入", "Penalty income", "income", "credit"),
    Purpose("6601.01", "平台补贴费用", "Platform coupons and subsidies", "expense", "debit"),
    Purpose("6601.02", "积分成本", "Points cost", "expense", "debit"),
    Purpose("6601.03", "分销佣金成本", "Distribution commission cost", "expense", "debit"),
    Purpose("6601.04", "售后赔付费用", "After-sale compensation", "expense", "debit"),
    Purpose("6601.05", "返利与奖励费用", "Rebates and rewards", "expense", "debit"),
    Purpose("6603", "渠道手续费", "Channel fees", "expense", "debit"),
    Purpose("6711", "坏账与核销损失", "Write-offs", "expense", "debit"),
)
BY_CODE: dict[str, Purpose] = {purpose.code: purpose for purpose in CHART}

BANK = "1002"
GATEWAY_UNSETTLED = "1012.01"
GATEWAY_AVAILABLE = "1012.02"
HELD_BY_SUB_MERCHANTS = "1012.04"
GATEWAY_PAYOUTS = "1012.05"
RECEIVABLE = "1122"
OTHER_RECEIVABLES = "1221"
PENDING = "2202.01"
BILLED = "2202.02"
CONFIRMED = "2202.03"
IN_TRANSIT = "2202.04"
RESERVED = "2202.05"
SPLIT_IN_TRANSIT = "2202.06"
TAX_WITHHELD = "2221.02"
DEPOSITS = "2241.01"
REFUNDS_PAYABLE = "2241.04"
SUSPENSE = "2241.07"
UNCLAIMED_RECEIPTS = "2241.08"
CLEARING = "2241.09"
TO_GIVE_BACK = "2241.10"
GIVING_BACK = "2241.11"
PAYMENT_DIFFERENCES = "6051"
PENALTIES = "6301"
SUBSIDY = "6601.01"
POINTS_COST = "6601.02"
CHANNEL_FEES = "6603"
WRITE_OFFS = "6711"
