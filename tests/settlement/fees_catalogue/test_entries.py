"""The fee catalogue as data: stable, complete, bilingual, and at home in the chart of accounts."""

import re
from collections import Counter
from pathlib import Path

import pytest

from zhanggui.ledger.chart import BY_CODE
from zhanggui.settlement.fees.catalogue.entries import (
    GRANULARITIES,
    INVOICES,
    REVERSE_POLICIES,
    SOURCES,
    CatalogueEntry,
    entries,
    groups,
)

FROZEN_MEANINGS = Path(__file__).with_name("frozen_meanings.txt")

#: Every kind of fee of the settlement fact sheet A2, in the users' words, and the fee type that holds it.
SEEN_IN_THE_FIELD = """
货款 goods_amount
定金货款 deposit_stage_goods
尾款货款 balance_stage_goods
代收配送费 freight_collected
打包费 packing_fee
礼品包装 gift_wrap_fee
代收税款 tax_collected
代扣税款 tax_withheld
店铺券 shop_coupon
平台券 platform_coupon_subsidy
平台补贴扣回 subsidy_clawback
共担券 shared_coupon_subsidy
达人补贴 anchor_subsidy
支付补贴 payment_promotion_subsidy
分期营销补贴 instalment_promotion_subsidy
商家活动支出 shop_promotion
买赠赠品营销费用 gift_marketing_fee
积分抵现 points_subsidy
京豆费 points_fee
积分商品结算价 points_goods_settlement
砍价商品结算价 bargain_settlement
佣金 commission
佣金增值税 commission_vat
平台服务费 platform_service_fee
技术服务费 tech_service_fee
退款处理费 refund_handling_fee
交易服务费 transaction_service_fee
直营服务费 direct_operation_fee
运营服务费 operation_service_fee
托管推广服务费 hosted_promotion_fee
活动降扣佣金 activity_commission_discount
价保返佣 price_protection_commission_return
软件订阅费 subscription_fee
基础软件服务费 basic_software_fee
按订单收费服务费 per_order_service_fee
联盟佣金 affiliate_commission
达人佣金 anchor_commission
团长服务费 recruiter_fee
渠道分成 channel_share
站外推广费 offsite_promotion_fee
快赚客 referral_seller_fee
广告充值 ad_top_up
商品推广 sponsored_products_fee
首单拉新 new_customer_service_fee
新客礼金 new_customer_gift_fee
支付手续费 payment_fee
信用卡支付服务费 credit_card_fee
花呗分期服务费 instalment_fee
代收白条网络推广技术服务费 consumer_credit_fee
先用后付技术服务费 pay_later_fee
配送费 delivery_fee
集运物流 first_mile_fee
中转操作费 transfer_handling_fee
上门取件运费 pickup_fee
仓配 fulfilment_fee
仓储费 storage_fee
长期仓储 long_term_storage_fee
入库配置费 inbound_configuration_fee
移除费 removal_fee
弃置费 disposal_fee
贴标 labelling_fee
运费险 return_freight_insurance
退货包运费 return_package_freight
退换无忧服务费 return_exchange_service_fee
商品保险服务费 goods_insurance_fee
保证金履约险保费 deposit_bond_premium
保证金履约险退保 deposit_bond_refund
售后卖家赔付费 seller_compensation
商家直赔费 direct_compensation
先行赔付 advance_compensation
小额打款 small_payment
小额打款费用退还 small_payment_returned
卖家返还运费 freight_returned
价保扣款 price_protection_deduction
双倍赔款 double_compensation
返还佣金 compensation_commission_return
综合违约金 breach_penalty
延迟发货 late_shipment_penalty
虚假发货 false_shipment_penalty
物流轨迹异常 tracking_penalty
缺货 out_of_stock_penalty
未按时开票 late_invoice_penalty
商责取消 seller_cancellation_penalty
申诉返还 penalty_appeal_return
保证金缴纳 deposit_pay_in
保证金抵扣 deposit_set_off
保证金退还 deposit_refund
保证金解冻 deposit_unfreeze
质保金 quality_deposit
准备金留存 reserve_hold
准备金释放 reserve_release
提前放款 early_payout
极速退款 fast_refund_advance
贷款代扣还款 loan_repayment
国补交易服务费 national_subsidy_transaction_fee
国补佣金 national_subsidy_commission
国补广告佣金 national_subsidy_ad_commission
公益宝贝捐赠 charity_donation
返利 rebate
扩新奖励 growth_reward
调账 correction
结算重复扣款调账 duplicate_settlement_adjustment
人工补付 manual_credit
人工扣款 manual_charge
提现 withdrawal
提现退票 withdrawal_returned
消费税 consumption_tax_collected
关税 customs_duty
负余额结转 balance_carried
争议结转 dispute_carried
无原单退款 refund_unmatched
善意补偿 goodwill
"""


def by_code() -> dict[str, CatalogueEntry]:
    return {entry.code: entry for entry in entries()}


def meaning(entry: CatalogueEntry) -> str:
    """What details freeze by naming an id, as one line of the snapshot."""
    return (
        f"{entry.id} {entry.code} {entry.group} {entry.sign} {entry.reverse_policy} "
        f"{entry.counter_purpose} {entry.invoice}"
    )


class TestEntries:
    def test_number_about_a_hundred(self) -> None:
        own = [entry for entry in entries() if not entry.twin_of]
        assert 100 <= len(own) <= 125

    @pytest.mark.parametrize("field", ["id", "code", "zh", "en", "sort"])
    def test_have_unique_ids_codes_and_names(self, field: str) -> None:
        counts = Counter(getattr(entry, field) for entry in entries())
        assert [value for value, count in counts.items() if count > 1] == []

    def test_keep_the_meaning_of_every_id_for_good(self) -> None:
        """A line may be added to the snapshot, in the same change as the fee type; none may be edited."""
        frozen = FROZEN_MEANINGS.read_text("utf-8").splitlines()
        assert sorted(map(meaning, entries()), key=lambda line: int(line.split()[0])) == frozen

    def test_leave_ids_from_10000_up_to_malls(self) -> None:
        assert all(0 < entry.id < 10_000 for entry in entries())

    def test_have_codes_that_read_as_names(self) -> None:
        assert [e.code for e in entries() if not re.fullmatch(r"[a-z]+(_[a-z]+)*", e.code)] == []

    def test_fit_their_columns(self) -> None:
        assert max(len(entry.code) for entry in entries()) <= 64
        assert max(len(entry.group) for entry in entries()) <= 32

    def test_are_named_in_both_languages(self) -> None:
        for entry in entries():
            assert re.search(r"[一-鿿]", entry.zh), entry
            assert re.fullmatch(r"[A-Z][A-Za-z ,\-]+", entry.en), entry

    def test_stand_opposite_an_account_of_the_chart(self) -> None:
        assert {entry.counter_purpose for entry in entries()} <= set(BY_CODE)

    def test_say_how_they_behave_in_known_words(self) -> None:
        for entry in entries():
            assert entry.sign in (-1, 0, 1), entry
            assert entry.reverse_policy in REVERSE_POLICIES.values(), entry
            assert entry.granularity in GRANULARITIES, entry
            assert entry.source in SOURCES, entry
            assert entry.invoice in INVOICES, entry

    def test_fill_every_group_and_no_other(self) -> None:
        assert {entry.group for entry in entries()} == {group.code for group in groups()}

    def test_stand_together_by_group_in_order(self) -> None:
        seen = list(dict.fromkeys(entry.group for entry in entries()))
        assert seen == [group.code for group in groups()]
        assert [entry.sort for entry in entries()] == sorted(entry.sort for entry in entries())

    @pytest.mark.parametrize("seen", SEEN_IN_THE_FIELD.strip().splitlines())
    def test_hold_every_fee_seen_in_the_field(self, seen: str) -> None:
        word, code = seen.split()
        entry = by_code()[code]
        assert set(word) <= set(entry.zh + "平台代扣券补贴联盟"), (
            f"{word} is not what {code} is called: {entry.zh}"
        )

    @pytest.mark.parametrize(
        ("code", "name"),
        [
            ("goods_amount", "货款"),
            ("commission", "佣金"),
            ("delivery_fee", "配送费"),
            ("storage_fee", "仓储费"),
            ("points_fee", "京豆费"),
            ("return_exchange_service_fee", "退换无忧服务费"),
        ],
    )
    def test_have_the_six_fees_users_ask_for_by_name(self, code: str, name: str) -> None:
        assert by_code()[code].zh == name

    def test_use_every_source_and_every_granularity(self) -> None:
        assert {entry.source for entry in entries()} == set(SOURCES)
        assert {entry.granularity for entry in entries()} == set(GRANULARITIES)


class TestVatTwins:
    def test_go_to_the_tax_account_and_follow_their_fee(self) -> None:
        for twin in (entry for entry in entries() if entry.twin_of):
            fee = by_code()[twin.twin_of]
            assert twin.counter_purpose == "2221.01"
            assert (twin.sign, twin.reverse_policy, twin.invoice, twin.granularity) == (
                fee.sign, fee.reverse_policy, "output", "fee",
            )  # fmt: skip

    @pytest.mark.parametrize("code", ["commission", "tech_service_fee", "payment_fee", "delivery_fee"])
    def test_exist_where_the_merchant_is_invoiced_on_every_order(self, code: str) -> None:
        assert by_code()[f"{code}_vat"].twin_of == code

    def test_belong_only_to_fees_the_platform_invoices(self) -> None:
        assert {by_code()[entry.twin_of].invoice for entry in entries() if entry.twin_of} == {"output"}


class TestGoodsSide:
    def test_what_the_order_says_comes_out_of_pending(self) -> None:
        parsed = {entry.code for entry in entries() if entry.source == "parsed" and entry.group == "goods"}
        between_parties = {"supply_price"}
        assert {by_code()[code].counter_purpose for code in parsed - between_parties} == {"2202.01"}
        assert {by_code()[code].counter_purpose for code in between_parties} == {"2241.09"}

    def test_income_accounts_are_only_credited_by_what_the_merchant_is_charged(self) -> None:
        """A fee that the merchant receives may lower income only where it gives a commission back."""
        received = {e.code for e in entries() if e.sign == 1 and e.counter_purpose.startswith("6001")}
        assert received == {
            "activity_commission_discount", "price_protection_commission_return",
            "compensation_commission_return", "deposit_bond_refund",
        }  # fmt: skip
