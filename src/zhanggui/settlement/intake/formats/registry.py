"""The formats we read, by name."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final
from zoneinfo import ZoneInfo

from zhanggui.settlement.intake.formats.errors import OptionRefused, UnknownFormat
from zhanggui.settlement.intake.formats.olist import read_olist
from zhanggui.settlement.intake.formats.online_retail import read_online_retail
from zhanggui.settlement.intake.formats.zhanggui import read_zhanggui
from zhanggui.settlement.intake.records import Record


@dataclass(frozen=True, slots=True)
class Format:
    """A format: its names, its currency (empty: the caller names it), and what a path must lead to."""

    name: str
    title_zh: str
    title_en: str
    currency: str
    path_kind: str
    path_zh: str
    path_en: str
    read: Callable[[Path, ZoneInfo, str], Iterator[Record]]


_TABLE: Final = (
    Format(
        name="olist",
        title_zh="Olist 巴西集市（公开数据集）",
        title_en="Olist, a Brazilian marketplace (published data set)",
        currency="BRL",
        path_kind="folder",
        path_zh="含七个原名文件的文件夹，.csv 或 .csv.gz",
        path_en="a folder with the seven files under their published names, .csv or .csv.gz",
        read=lambda path, tz, _currency: read_olist(path, tz=tz),
    ),
    Format(
        name="online-retail",
        title_zh="Online Retail 英国零售（公开数据集）",
        title_en="Online Retail, a UK shop (published data set)",
        currency="GBP",
        path_kind="file",
        path_zh="一个 .csv 或 .csv.gz 文件",
        path_en="one .csv or .csv.gz file",
        read=lambda path, tz, _currency: read_online_retail(path, tz=tz),
    ),
    Format(
        name="zhanggui",
        title_zh="掌柜格式",
        title_en="Zhanggui's own format",
        currency="",
        path_kind="file",
        path_zh="一个 .csv、.jsonl（均可加 .gz）或 .parquet 文件",
        path_en="one .csv, .jsonl (either may end in .gz) or .parquet file",
        read=lambda path, tz, currency: read_zhanggui(path, tz=tz, currency=currency),
    ),
)

#: Every format by its name.
FORMATS: Final[Mapping[str, Format]] = MappingProxyType({entry.name: entry for entry in _TABLE})


def read_records(
    name: str, path: Path | str, *, tz: ZoneInfo, options: Mapping[str, Any] | None = None
) -> Iterator[Record]:
    """The records of the source at `path`, always the same ones in the same order.

    `tz` is the zone of times that have none. The one option is `currency`: what the amounts are in; formats
    with a currency of their own refuse another one, "zhanggui" cannot do without. A broken row is yielded as
    RejectRecord and the rest goes on; a source that breaks off raises SourceTruncated after its last
    complete record.

    Raises UnknownFormat, OptionRefused at once; SourceNotFound, SourceUnreadable, SourceEmpty, HeaderRefused
    and SourceTruncated when iterated.
    """
    found = FORMATS.get(name.replace("_", "-"))
    if found is None:
        raise UnknownFormat(f"There is no format {name!r}; use one of {', '.join(FORMATS)}.", format=name)
    given = dict(options or {})
    currency = str(given.pop("currency", None) or found.currency)
    if given:
        raise OptionRefused(
            f"The format {found.name} has no option {min(given)!r}; the only one is 'currency'.",
            options=sorted(given),
        )
    if not currency:
        raise OptionRefused(f"The format {found.name} needs the option 'currency', such as CNY.", format=name)
    if found.currency and currency != found.currency:
        raise OptionRefused(
            f"The format {found.name} is in {found.currency}, not in {currency}; "
            f"import it into a business line in {found.currency}.",
            format=found.name,
            currency=currency,
        )
    return found.read(Path(path), tz, currency)
