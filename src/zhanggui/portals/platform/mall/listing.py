"""What the mall's pages share: they open in the currency the mall sells in."""

from zhanggui.portals.platform.listing import MoneyList
from zhanggui.portals.platform.names import currencies
from zhanggui.settlement.entities.models import BusinessLine
from zhanggui.trade.parameters.queries import text


def mall_currencies() -> list[str]:
    """Currencies of the business lines, the mall's first."""
    line = BusinessLine.objects.filter(code=text("business_line"))
    return list(dict.fromkeys([*line.values_list("currency", flat=True), *currencies()]))


class MallList(MoneyList):
    """A list of the mall's own documents: the currency of its business line stands first."""

    def known_currencies(self) -> list[str]:
        """Currencies of the business lines, the mall's first."""
        return mall_currencies()
