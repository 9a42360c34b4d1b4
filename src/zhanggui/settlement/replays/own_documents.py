"""Details that come from documents of our own: adjustments, rebates, deposits, holds, splits. The packages of these
documents stand above this one, so their rows are read by query."""

import json
from typing import Any

from zhanggui.ledger.sources import EntrySource
from zhanggui.money.decimals import format_grouped
from zhanggui.money.rates import format_rate
from zhanggui.rows.reading import rows_of

SPLITS = (EntrySource.SPLIT, EntrySource.SPLIT_CLOSED, EntrySource.SPLIT_RETURNED)
OWN = (EntrySource.ADJUSTMENT, EntrySource.DEPOSIT, EntrySource.HOLD, *SPLITS)
_ADJUSTMENT = """
select 'AD' || lpad(a.id::text, 8, '0') as adjustment, a.kind as adjustment_kind, a.reason, a.evidence,
  case when a.reverses_id is null then '' else 'AD' || lpad(a.reverses_id::text, 8, '0') end as reverses,
  r.derivation, r.total_minor, r.before_minor, r.starts_on::text, (r.ends_before - 1)::text as last_day
from settlement_adjustment a left join settlement_rebate r on r.adjustment_id = a.id
where a.party_id = %s and a.line_id = %s
"""
_DEPOSIT = """
select m.kind as movement, m.reason, m.id as movement_id from settlement_deposit_movement m
where m.party_id = %s and m.line_id = %s
"""
_HOLD = """
select 'HD' || lpad(h.id::text, 8, '0') as hold, h.kind as hold_kind, h.reason, h.release_reason,
  h.release_on::text, s.number as from_statement
from settlement_hold_movement m join settlement_hold h on h.id = m.hold_id
join settlement_statement s on s.party_id = m.party_id and s.id = m.statement_id
where m.party_id = %s and m.line_id = %s
"""
_SHARE = """
select s.number as split, h.order_no, h.account_masked as account, h.state, h.reason, h.owed_minor,
  s.rule_code, r.version as rules_version, s.ceiling_minor
from settlement_split_share h join settlement_split s on s.id = h.split_id
left join settlement_split_rule_set r on r.id = s.rule_set_id
where h.party_id = %s and h.{line} = %s
"""
_SHARE_RETURN = """
select b.number as share_return, b.refund_no, b.reason, h.split_number as split, h.order_no,
  h.account_masked as account
from settlement_share_return b join settlement_split_share h on h.id = b.share_id
where b.party_id = %s and b.line_id = %s
"""
_QUERIES = {
    EntrySource.ADJUSTMENT: _ADJUSTMENT, EntrySource.DEPOSIT: _DEPOSIT, EntrySource.HOLD: _HOLD,
    EntrySource.SPLIT: _SHARE.format(line="line_id"), EntrySource.SPLIT_CLOSED: _SHARE.format(line="back_line_id"),
    EntrySource.SPLIT_RETURNED: _SHARE_RETURN,
}  # fmt: skip


def own_document(kind: EntrySource, party_id: int, line_id: int) -> dict[str, Any]:
    """This function will return the document behind a detail of one of the kinds `OWN`."""
    rows = rows_of(_QUERIES[kind], [party_id, line_id])
    if not rows:
        return {}
    derivation = rows[0].get("derivation")
    return rows[0] | ({"derivation": json.loads(derivation)} if isinstance(derivation, str) else {})


def own_text(
    kind: EntrySource, document: dict[str, Any], *, amount: int, currency: str, chinese: bool
) -> str:
    """This function will say in words what a document of ours moved and why."""

    def money(minor: int) -> str:
        return f"{format_grouped(minor, currency)} {currency}"

    if kind in SPLITS:
        return _split_text(kind, document, money(abs(amount)), chinese)
    if kind is EntrySource.HOLD:
        number, source = document["hold"], document["from_statement"]
        if chinese:
            return f"冻结单 {number} 解冻：结算单 {source} 被留存的 {money(amount)} 计入本期。"
        return f"Hold {number} was released: {money(amount)} held of statement {source} is on this one."
    if kind is EntrySource.DEPOSIT:
        if amount < 0:
            return (
                f"保证金缴纳 {money(-amount)}，从本期扣出。" if chinese
                else f"{money(-amount)} was paid into the deposit from this statement."
            )  # fmt: skip
        return (
            f"保证金退还 {money(amount)}，计入本期。" if chinese
            else f"{money(amount)} of the deposit was given back with this statement."
        )  # fmt: skip
    number, reason = document["adjustment"], document["reason"]
    if document["derivation"]:
        return _rebate_text(document, money, amount, chinese)
    if document["reverses"]:
        return (
            f"调整单 {number} 冲销 {document['reverses']}：{money(amount)}。原因：{reason}。" if chinese
            else f"Adjustment {number} takes back {document['reverses']}: {money(amount)}. Reason: {reason}."
        )  # fmt: skip
    return (
        f"调整单 {number}，经审批：{money(amount)}。原因：{reason}。" if chinese
        else f"Adjustment {number}, approved: {money(amount)}. Reason: {reason}."
    )  # fmt: skip


def _split_text(kind: EntrySource, document: dict[str, Any], amount: str, chinese: bool) -> str:
    split, order, account = document["split"], document["order_no"], document["account"]
    if kind is EntrySource.SPLIT:
        return (
            f"订单 {order} 的 {amount} 已由渠道分账 {split} 付至 {account}，不再由结算单支付。" if chinese
            else f"{amount} of order {order} went by split {split} at the channel to {account}, not by statement."
        )  # fmt: skip
    if kind is EntrySource.SPLIT_CLOSED:
        return (
            f"分账 {split}（订单 {order}）未到账，原因 {document['reason']}：{amount} 重新计入结算单。" if chinese
            else f"Split {split} of order {order} did not arrive ({document['reason']}): {amount} are on the"
            " statement again."
        )  # fmt: skip
    if document["reason"] == "CHANNEL_FEE_DIFFERS":
        return (
            f"渠道账单上订单 {order} 的手续费比约定多 {amount}，商家账户 {account} 少收，由结算单补付。" if chinese
            else f"By its bill the channel kept {amount} more of order {order} than its agreed fee, so that {account}"
            " got less: this statement pays it."
        )  # fmt: skip
    if document["reason"] == "BORNE_BY_SUB_MERCHANT":
        refund = document["refund_no"]
        return (
            f"订单 {order} 的退款 {refund}：商家从 {account} 多付了 {amount}（超出分账后留下的款项），由结算单补付。"
            if chinese
            else f"Of refund {refund} of order {order} the merchant paid {amount} from {account} beyond what it had"
            " kept there: this statement pays it."
        )
    return (
        f"因退款 {document['refund_no']}，分账 {split}（订单 {order}）的 {amount} 已从 {account} 回退。" if chinese
        else f"For refund {document['refund_no']}, {amount} of split {split} of order {order} were taken back"
        f" from {account}."
    )  # fmt: skip


def _rebate_text(document: dict[str, Any], money: Any, amount: int, chinese: bool) -> str:
    derived = document["derivation"]
    bands = [(money(one["base_minor"]), format_rate(one["rate_ppm"])) for one in derived["bands"]]
    parts = " + ".join(f"{base} × {rate}" for base, rate in bands) or "0"
    total, before = money(document["total_minor"]), money(document["before_minor"])
    capped = derived["uncapped_minor"] != derived["total_minor"]
    span = (document["starts_on"], document["last_day"])
    if chinese:
        cap = f"，封顶 {money(derived['cap_minor'])}" if capped else ""
        way = "分段累进" if derived["method"] == "graduated" else "全额"
        return (
            f"返利，{span[0]} 至 {span[1]}，销售额 {money(derived['base_minor'])}，{way}：{parts}{cap} = {total}；"
            f"此前已给 {before}，本次 {money(amount)}。"
        )
    cap = f", capped at {money(derived['cap_minor'])}" if capped else ""
    way = "each band its own rate" if derived["method"] == "graduated" else "one rate on everything"
    return (
        f"Rebate for {span[0]} to {span[1]} on sales of {money(derived['base_minor'])}, {way}: {parts}{cap} ="
        f" {total}; {before} had been given before, {money(amount)} now."
    )
