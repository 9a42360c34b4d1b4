"""Which rail serves which name: own accounts name their rail, and here is what answers to the name."""

from pathlib import Path

from django.apps import AppConfig
from django.conf import settings

from zhanggui.config.bill_readers import connect_bill_readers
from zhanggui.rails.bank_file.rail import BankFile
from zhanggui.rails.bank_file.template import shipped
from zhanggui.rails.iso20022.rail import Iso20022
from zhanggui.settlement.payouts.rail import register_rail


class WiringConfig(AppConfig):
    """No tables: registered so that the rails are wired when the program starts."""

    name = "zhanggui.config"
    label = "wiring"

    def ready(self) -> None:
        wire(Path(settings.BANK_FOLDER))
        connect_bill_readers()


def wire(folder: Path) -> None:
    """Register every rail; `folder` holds a folder for each own account, where files go out and come in."""
    register_rail("iso20022", Iso20022(folder, version="09"))
    register_rail("iso20022-03", Iso20022(folder, version="03"))
    for name, template in shipped().items():
        register_rail(f"file-{name}", BankFile(folder, template))
