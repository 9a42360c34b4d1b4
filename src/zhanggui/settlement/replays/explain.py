"""Explain every cent: any detail's derivation from source event to posting and statement."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db import connection

from zhanggui.ledger.chart import BY_CODE
from zhanggui.ledger.sources import EntrySource
from zhanggui.money.decimals import format_grouped
from zhanggui.money.rates import WHOLE_PPM, format_rate
from zhanggui.rows.reading import rows_of
from zhanggui.settlement.billing.reading import StagedLines, read_lines
from zhanggui.settlement.billing.reversal import SUPPLY_PRICE, kept_of
from zhanggui.settlement.details.queries import DetailKey, base_is_units, billed_line, detail, unit_rules
from zhanggui.settlement.fees.queries.fee_types import catalogue
from zhanggui.settlement.fees.queries.rule_sets import compiled, rule_by_id
from zhanggui.settlement.fees.rules.derive import explain_rated
from zhanggui.settlement.fees.rules.parser import reverse_terms
from zhanggui.settlement.fees.rules.reverse import ReversePolicy
from zhanggui.settlement.replays.events import awaited_order, describe_event
from zhanggui.settlement.replays.own_documents import OWN, own_document, own_text
from zhanggui.settlement.statements.models import Statement
from zhanggui.settlement.statements.moves import MOVED_KINDS

KIND_WORDS = {
    EntrySource.SALE: ("销售计费", "sale billed"),
    EntrySource.REVERSAL: ("退款冲回", "refund reversed"),
    EntrySource.CORRECTION: ("更正", "correction"),
    EntrySource.CHARGE: ("外部透传", "passed through"),
    EntrySource.CARRY: ("负余额结转", "balance carried"),
    EntrySource.DISPUTE: ("争议结转", "disputed detail carried"),
    EntrySource.SPLIT_AWAITED: ("待分账结转", "waits for its split, carried"),
    EntrySource.UNMATCHED_REFUND: ("无原单退款", "refund without its order"),
    EntrySource.ADJUSTMENT: ("调整单", "adjustment"),
    EntrySource.DEPOSIT: ("保证金", "deposit"),
    EntrySource.HOLD: ("解冻", "hold released"),
    EntrySource.SPLIT: ("分账已付", "paid by split"),
    EntrySource.SPLIT_CLOSED: ("分账未到账退回", "split that did not arrive"),
    EntrySource.SPLIT_RETURNED: ("分账回退", "split taken back"),
}

POLICY_WORDS = {
    ReversePolicy.NONE: ("不退", "not returned"),
    ReversePolicy.PRO_RATA: ("按比例", "pro rata"),
    ReversePolicy.FIXED: ("扣留固定额后按比例", "pro rata after a kept amount"),
    ReversePolicy.FULL_ONLY: ("全退才退", "on full return only"),
    ReversePolicy.OWN_DOCUMENT: ("另行单据", "by a document of its own"),
}


@dataclass(frozen=True)
class Words:
    """Texts in one language, amounts in one currency."""

    chinese: bool
    currency: str

    def pick(self, zh: str, en: str) -> str:
        return zh if self.chinese else en

    def money(self, minor: int) -> str:
        return f"{format_grouped(minor, self.currency)} {self.currency}"


def explain_detail(key: DetailKey, language: str = "en") -> dict[str, Any]:
    """This function will return the whole derivation of one detail as a JSON-ready dictionary.

    It names the source event, rule version, base, rate, rounding and tier as steps in words, what reversed
    it or what it reverses, its journal entry with every leg, and its statement. Raises UnknownDetail.
    """
    found, row = detail(key), billed_line(key)
    words = Words(language.startswith("zh"), found["currency"])
    fee = catalogue().by_id[found["fee_type_id"]]
    rule = rule_by_id(found["rule_id"]) if found["rule_id"] else None
    kind = EntrySource(found["kind"])
    steps = _steps(kind, found, row, words)
    return {
        "detail": str(key),
        "fee": {"code": fee.code, "name": fee.name_in(language)},
        "amount_minor": found["amount"], "currency": found["currency"],
        "amount": words.money(found["amount"]),
        "kind": {"code": kind.name.lower(), "name": words.pick(*KIND_WORDS[kind])},
        "event": describe_event(kind, found, row),
        "rule": {"code": rule.code, "version": rule.version, "content": rule.content} if rule else None,
        "base": found["base"],
        "base_unit": "unit" if base_is_units(kind, found["rule_id"], unit_rules()) else "minor",
        "steps": steps,
        "text": " ".join(step["text"] for step in steps),
        "related": _related(key, found, row),
        "entry": _entry(row, words),
        "statement": _statement(row),
    }  # fmt: skip


def _steps(
    kind: EntrySource, found: dict[str, Any], row: dict[str, Any], words: Words
) -> list[dict[str, Any]]:
    if kind is EntrySource.SALE:
        return _sale_steps(found, row, words)
    if kind in OWN:
        document = own_document(kind, row["party_id"], row["line_id"])
        text = own_text(
            kind, document, amount=found["amount"], currency=words.currency, chinese=words.chinese
        )
        values = document.get("derivation") or {}
        return [{"kind": kind.name.lower(), "text": text, "values": values}]
    teller: dict[EntrySource, Callable[[dict[str, Any], dict[str, Any], Words], str]] = {
        EntrySource.REVERSAL: _reversal_text, EntrySource.CORRECTION: _correction_text,
        EntrySource.CARRY: _carry_text, EntrySource.DISPUTE: _dispute_text,
        EntrySource.SPLIT_AWAITED: _awaited_text,
        EntrySource.CHARGE: _charge_text, EntrySource.UNMATCHED_REFUND: _unmatched_text,
    }  # fmt: skip
    return [{"kind": kind.name.lower(), "text": teller[kind](found, row, words), "values": {}}]


def _sale_steps(found: dict[str, Any], row: dict[str, Any], words: Words) -> list[dict[str, Any]]:
    lines, before = sale_lines(row["merchant_id"], row["order_id"], row["currency"])
    rules = compiled(row["rule_set_id"])
    fee = catalogue().by_id[found["fee_type_id"]]
    if found["rule_id"]:
        content = rule_by_id(found["rule_id"]).content
        payer, receiver = content["payer"], content["receiver"]
    else:
        slot = next(slot for slot in rules.slots[: rules.parsed] if slot.fee == fee.code)
        payer, receiver = slot.payer, slot.receiver
    told = explain_rated(
        lines.batch(before), rules, line_id=row["line_id"], fee=fee.code, payer=payer, receiver=receiver,
        show=words.money,
    )  # fmt: skip
    steps = [
        {"kind": step.kind, "text": words.pick(step.zh, step.en), "values": step.values}
        for step in told.steps
    ]
    side = words.pick("商家应付", "owed by the party") if found["amount"] < 0 else words.pick(
        "商家应收", "owed to the party"
    )  # fmt: skip
    steps.append({"kind": "sign", "values": {"amount": found["amount"]},
                  "text": words.pick(f"方向：{side}，{words.money(found['amount'])}。",
                                     f"Direction: {side}, {words.money(found['amount'])}.")})  # fmt: skip
    if found["rule_id"] and reverse_terms(rule_by_id(found["rule_id"]).content):
        policy = _policy_text(found | {"base": found["amount"]}, words)
        steps.append({"kind": "reverse", "values": {},
                      "text": words.pick(f"退货时：{policy}。", f"On a return: {policy}.")})  # fmt: skip
    return steps


def sale_lines(merchant_id: int, order_id: int, currency: str) -> tuple[StagedLines, Any]:
    """This function will read a merchant's part of an order and the running sales before each line."""
    with connection.cursor() as cursor:
        lines = read_lines(
            cursor, "l.merchant_id = %s and l.order_id = %s", [merchant_id, order_id], currency
        )
        cursor.execute(
            "select line_id, cumulative_before from settlement_billed_line"
            " where party_id = %s and line_id = any(%s) and event_id = 0",
            [merchant_id, lines["line_id"].tolist()],
        )
        before = dict(cursor.fetchall())
    return lines, np.array([before.get(one, 0) for one in lines["line_id"].tolist()], dtype=np.int64)


def _reversal_text(found: dict[str, Any], row: dict[str, Any], words: Words) -> str:
    base, amount = words.money(found["base"]), words.money(found["amount"])
    return words.pick(
        f"原明细 {base}；冲回方式：{_policy_text(found, words)}。{_share_text(found, row, words)}"
        f"按累计份额取差，末次结清：{amount}。",
        f"Original detail {base}; reverse policy: {_policy_text(found, words)}. {_share_text(found, row, words)} The"
        f" difference of cumulative shares, so that the last piece clears: {amount}.",
    )


def _policy_text(found: dict[str, Any], words: Words) -> str:
    """How the fee comes back, by the rule version that made the detail or by its fee type."""
    own = reverse_terms(rule_by_id(found["rule_id"]).content) if found["rule_id"] else None
    if own is None:
        policy = ReversePolicy(catalogue().by_id[found["fee_type_id"]].reverse_policy)
        return words.pick(*POLICY_WORDS[policy])
    policy = ReversePolicy[own.policy.name]
    text = words.pick(*POLICY_WORDS[policy])
    if policy is ReversePolicy.FIXED:
        kept = words.money(int(kept_of(np.array([found["base"]]), own)[0]))
        most_zh = f"，不超过原额的 {format_rate(own.kept_ppm)}" if own.kept_ppm < WHOLE_PPM else ""
        most_en = f", at most {format_rate(own.kept_ppm)} of the fee" if own.kept_ppm < WHOLE_PPM else ""
        text += words.pick(
            f"（不退 {kept}：规则定额 {words.money(own.kept)}{most_zh}）",
            f" ({kept} stays: {words.money(own.kept)} by the rule{most_en})",
        )
    return text + words.pick("，依计费规则", ", by its rule")


def _share_text(found: dict[str, Any], row: dict[str, Any], words: Words) -> str:
    """How far the refund went: in money paid, or in units where the buyer paid nothing for the goods."""
    if catalogue().by_id[found["fee_type_id"]].code == SUPPLY_PRICE:
        return words.pick(
            f"供货价随货退回，按件数：本次退 {row['quantity']} 件。",
            f"The supply price goes back with the goods, unit by unit: {row['quantity']} came back now.",
        )
    sale = billed_line(DetailKey(row["party_id"], row["line_id"], 0, 1))
    if sale["whole"]:
        done, step, whole = (words.money(row[name]) for name in ("done", "step", "whole"))
        return words.pick(
            f"此前已退 {done}，本次退 {step}，实付共 {whole}。",
            f"{done} had been refunded before, {step} now, of {whole} paid.",
        )
    return words.pick(
        f"货品未付现金（积分、优惠券全额抵扣），按件数：此前已退 {row['done']} 件，本次退 {row['step']} 件，"
        f"共 {row['whole']} 件。",
        f"Nothing was paid in money for the goods (points and coupons covered them), so units count: {row['done']}"
        f" had come back before, {row['step']} now, of {row['whole']}.",
    )


def _correction_text(found: dict[str, Any], row: dict[str, Any], words: Words) -> str:
    original = f"{row['party_id']}-{row['line_id']}-{row['done']}-{row['step']}"
    return words.pick(
        f"更正明细 {original}（原额 {words.money(row['whole'])}），调整 {words.money(found['amount'])}。",
        f"Corrects detail {original} (it was {words.money(row['whole'])}) by {words.money(found['amount'])}.",
    )


def _carry_text(found: dict[str, Any], row: dict[str, Any], words: Words) -> str:
    source = Statement.objects.get(party_id=row["party_id"], id=row["order_id"])
    return words.pick(
        f"结算单 {source.number} 净额为负 {words.money(found['amount'])}，结转至本期。",
        f"Statement {source.number} came to {words.money(found['amount'])}; carried to this period.",
    )


def _dispute_text(found: dict[str, Any], row: dict[str, Any], words: Words) -> str:
    source = Statement.objects.get(party_id=row["party_id"], id=row["order_id"])
    return words.pick(
        f"结算单 {source.number} 的争议明细 {words.money(found['amount'])} 移入本期。",
        f"A disputed detail of {words.money(found['amount'])} moved here from statement {source.number}.",
    )


def _awaited_text(found: dict[str, Any], row: dict[str, Any], words: Words) -> str:
    source = Statement.objects.get(party_id=row["party_id"], id=row["order_id"])
    order = awaited_order(row["event_id"])
    return words.pick(
        f"订单 {order} 的货款在渠道的商户账户中，结算单 {source.number} 关账时尚未分账："
        f"{words.money(found['amount'])} 移入本期，与分账在同一结算单上结清，不会付两次。",
        f"What buyers paid for order {order} lies on the merchant's account at the channel, and was not split when"
        f" statement {source.number} closed: {words.money(found['amount'])} moved here, to meet the split on one"
        " statement and not to be paid twice.",
    )


def _charge_text(found: dict[str, Any], row: dict[str, Any], words: Words) -> str:
    return words.pick(
        f"由外部系统计费并透传：{words.money(found['amount'])}（基数 {words.money(found['base'])}）。",
        f"Billed by another system and passed through: {words.money(found['amount'])}"
        f" (base {words.money(found['base'])}).",
    )


def _unmatched_text(found: dict[str, Any], row: dict[str, Any], words: Words) -> str:
    return words.pick(
        f"退款找不到原销售，按单据全额由商家承担：{words.money(found['amount'])}；不涉及费用冲回。",
        f"A refund whose sale is not in the books, borne by the merchant as a document of its own:"
        f" {words.money(found['amount'])}; no fee comes back.",
    )


def _related(key: DetailKey, found: dict[str, Any], row: dict[str, Any]) -> list[dict[str, Any]]:
    """Details of the same line and fee over all its events: what reversed or corrected this one, or the other way."""
    if row["kind"] in MOVED_KINDS:
        return []
    return [
        {"detail": f"{one['party_id']}-{one['line_id']}-{one['event_id']}-{one['position']}",
         "kind": EntrySource(one["kind"]).name.lower(), "amount_minor": one["amount"]}
        for one in rows_of(
            "select * from settlement_detail where party_id = %s and line_id = %s and fee_type_id = %s"
            " and event_id <> %s order by event_id, position",
            [key.party_id, key.line_id, found["fee_type_id"], key.event_id],
        )
    ]  # fmt: skip


def _entry(row: dict[str, Any], words: Words) -> dict[str, Any] | None:
    legs = rows_of(
        "select p.booked_date, p.batch_id, p.position, p.account_id, p.amount, a.purpose, a.party_id, a.reference"
        " from ledger_posting p join ledger_account a on a.id = p.account_id"
        " where (p.book_id, p.source, p.key_a, p.key_b) = (%s, %s, %s, %s) order by p.position",
        [row["merchant_id"], row["kind"], row["order_id"], row["event_id"]],
    )
    if not legs:
        return None
    return {
        "key": f"{row['merchant_id']}/{row['kind']}/{row['order_id']}/{row['event_id']}",
        "booked_date": legs[0]["booked_date"].isoformat(),
        "legs": [
            {"account": leg["purpose"], "party_id": leg["party_id"], "statement_id": leg["reference"],
             "name": words.pick(BY_CODE[leg["purpose"]].zh, BY_CODE[leg["purpose"]].en),
             "debit_minor": max(leg["amount"], 0), "credit_minor": max(-leg["amount"], 0)}
            for leg in legs
        ],
    }  # fmt: skip


def _statement(row: dict[str, Any]) -> dict[str, Any]:
    found = Statement.objects.get(party_id=row["party_id"], id=row["statement_id"])
    return {
        "number": found.number, "party_id": found.party_id, "id": found.id, "state": found.state,
        "starts_on": found.starts_on.isoformat(), "ends_before": found.ends_before.isoformat(),
        "hash": bytes(found.hash).hex(),
    }  # fmt: skip
