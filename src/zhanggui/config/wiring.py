"""Which rail serves which name: own accounts name their rail, and here is what answers to the name."""

from functools import partial
from pathlib import Path

from django.apps import AppConfig
from django.conf import settings
from django.utils import timezone

from zhanggui.settlement.payouts import rail
from zhanggui.settlement.reconciliation import readers


class WiringConfig(AppConfig):
    """No tables: registered so that the rails are wired when one is first asked for."""

    name = "zhanggui.config"
    label = "wiring"

    def ready(self) -> None:
        rail.connect_when_asked(lambda: wire(Path(settings.BANK_FOLDER), Path(settings.BANK_TEMPLATE_FOLDER)))
        readers.connect_when_asked(_connect_readers)
        # What seals its secrets and holds its rows is known only once models are.
        from zhanggui.payments import wired

        wired.connect_when_asked(_connect_channels)
        # Its pages hold what intake takes in, which is known only once models are.
        from zhanggui.settlement.intake import feeds

        feeds.connect_when_asked(_connect_feeds)


def wire(folder: Path, templates: Path) -> None:
    """Register every rail; `folder` holds a folder for each own account, where files go out and come in, and
    `templates` the mall's own bank templates. One that is broken is wired as its refusal: whoever uses it is told
    why, and accounts at other banks go on."""
    # Adapters bring readers and writers of XML and spreadsheets: a program that moves no money starts without.
    from zhanggui.config.alipay_payouts import AlipayByAccount
    from zhanggui.config.card_payouts import CardsByAccount
    from zhanggui.config.red_packets import RedPacketsByAccount
    from zhanggui.config.wallets import WalletsByAccount
    from zhanggui.rails.bank_file.errors import TemplateInvalid
    from zhanggui.rails.bank_file.rail import BankFile
    from zhanggui.rails.bank_file.template import shipped, template_in
    from zhanggui.rails.iso20022.rail import Iso20022

    rail.register_rail("iso20022", Iso20022(folder, version="09"))
    rail.register_rail("iso20022-03", Iso20022(folder, version="03"))
    for name, template in shipped().items():
        rail.register_rail(f"file-{name}", BankFile(folder, template))
    rail.register_rail("wechat_pay", WalletsByAccount(folder, clock=timezone.now))
    rail.register_rail("wechat_red_packet", RedPacketsByAccount(folder, clock=timezone.now))
    rail.register_rail("alipay", AlipayByAccount(folder, clock=timezone.now))
    rail.register_rail("unionpay", CardsByAccount(folder, clock=timezone.now))
    for path in sorted(templates.glob("*.toml")):
        try:
            rail.register_rail(f"file-{path.stem}", BankFile(folder, template_in(path)))
        except TemplateInvalid as broken:
            rail.register_broken_rail(f"file-{path.stem}", broken)


def _connect_channels() -> None:
    # Each brings a library for HTTP along: only who asks a channel waits for it.
    from zhanggui.config.transfers import arrived_on
    from zhanggui.payments.wired import register_rail
    from zhanggui.rails.alipay.making import make_channel as alipay
    from zhanggui.rails.offline.making import make_channel as offline
    from zhanggui.rails.unionpay.making import make_channel as unionpay
    from zhanggui.rails.wechat_pay.making import make_channel as wechat_pay

    register_rail("wechat_pay", wechat_pay)
    register_rail("alipay", alipay)
    register_rail("unionpay", unionpay)
    register_rail("offline", partial(offline, arrived=arrived_on))


def _connect_readers() -> None:
    from zhanggui.config.bill_readers import connect_bill_readers

    connect_bill_readers()


def _connect_feeds() -> None:
    from zhanggui.rails.charge_feed.fetch_page import fetch_page
    from zhanggui.settlement.intake import feeds

    feeds.register_reader(fetch_page)
