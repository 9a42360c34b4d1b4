"""The columns and feet of WeChat Pay's bills, this year's names and those of older accounts."""

from zhanggui.settlement.reconciliation.kinds import RowKind

FOOT_BEGINS = ("总交易单数", "资金流水总笔数")
TRADE_WANTED = {
    "time": ("交易时间",),
    "merchant": ("商户号",),
    "channel_number": ("微信订单号",),
    "own_number": ("商户订单号",),
    "state": ("交易状态",),
    "currency": ("货币种类",),
    "settled": ("应结订单金额", "总金额"),
    "fee": ("手续费",),
}
TRADE_OPTIONAL = {
    "accepted_at": ("退款申请时间",),
    "refund_id": ("微信退款单号",),
    "own_refund": ("商户退款单号",),
    "refund_amount": ("退款金额",),
    "refund_state": ("退款状态",),
    "coupon": ("代金券金额", "代金券或立减优惠金额", "企业红包金额"),
    "coupon_back": ("充值券退款金额", "代金券或立减优惠退款金额", "企业红包退款金额"),
    "ordered": ("订单金额",),
    "asked_back": ("申请退款金额",),
    "title": ("商品名称",),
    "method": ("付款银行",),
}
TRADE_STATES = {
    "SUCCESS": RowKind.PAYMENT,
    "REFUND": RowKind.REFUND,
    "REVOKED": RowKind.REFUND,
}
# name at the foot -> what is summed for it, and how it is printed
TRADE_FOOT = {
    "总交易单数": ("rows", "count"),
    "应结订单总金额": ("settled", "amount"),
    "总交易额": ("settled", "amount"),
    "退款总金额": ("refund_amount", "amount"),
    "总退款金额": ("refund_amount", "amount"),
    "充值券退款总金额": ("coupon_back", "amount"),
    "总代金券或立减优惠退款金额": ("coupon_back", "amount"),
    "总企业红包退款金额": ("coupon_back", "amount"),
    "手续费总金额": ("fee", "fee"),
    "订单总金额": ("ordered", "amount"),
    "申请退款总金额": ("asked_back", "amount"),
}
FUND_WANTED = {
    "time": ("记账时间",),
    "business_no": ("微信支付业务单号",),
    "flow": ("资金流水单号",),
    "business": ("业务名称",),
    "type": ("业务类型",),
    "direction": ("收支类型",),
    "amount": ("收支金额(元)", "收支金额（元）"),
    "balance": ("账户结余(元)", "账户结余（元）"),
}
FUND_OPTIONAL = {"memo": ("备注",), "voucher": ("业务凭证号",)}
FUND_FOOT = {
    "资金流水总笔数": ("rows", "count"),
    "收入笔数": ("in", "count"),
    "收入金额": ("in_amount", "amount"),
    "支出笔数": ("out", "count"),
    "支出金额": ("out_amount", "amount"),
}
