"""Which readers of bills and bank statements there are."""

from zhanggui.rails.alipay.bills import AlipayFundReader, AlipayTradeReader
from zhanggui.rails.bank_csv.statements import BankCsvReader
from zhanggui.rails.iso20022.statements import Camt053Reader
from zhanggui.rails.mt940.statements import Mt940Reader
from zhanggui.rails.offline.bills import OfflineFundReader, OfflineTradeReader
from zhanggui.rails.unionpay.bills import UnionpayReader
from zhanggui.rails.wechat_pay.bills import WechatFundReader, WechatTradeReader
from zhanggui.settlement.reconciliation.readers import register_reader


def connect_bill_readers() -> None:
    """This function will register every reader; calling it again changes nothing."""
    # Of a channel's readers the first that knows a file reads it; CSV of banks knows nearly any text, so it is last.
    for reader in (
        WechatTradeReader(), WechatFundReader(), AlipayTradeReader(), AlipayFundReader(), UnionpayReader(),
        OfflineTradeReader(), OfflineFundReader(), Mt940Reader(), Camt053Reader(), BankCsvReader(),
    ):  # fmt: skip
        register_reader(reader)
