"""Files of goods (批量上传): a row a SKU, rows of one good below each other, pictures by name from a zip beside it.

An empty cell leaves what is there as it is; for a new good it is empty.
"""

import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Final

from zhanggui.files.checking import BREAKS, MEGABYTE, Taken, check_content
from zhanggui.files.errors import FileDamaged
from zhanggui.files.kinds import Kind
from zhanggui.files.tables import table_rows
from zhanggui.trade.catalogue.errors import GoodsFileRefused
from zhanggui.trade.catalogue.rules.pictures import MOST_BYTES

GOODS_FILES: Final = Taken(
    {".csv": frozenset({Kind.TEXT}), ".xlsx": frozenset({Kind.XLSX})},
    most_bytes=20 * MEGABYTE, most_unpacked=200 * MEGABYTE,
)  # fmt: skip
PICTURE_ARCHIVES: Final = Taken(
    {".zip": frozenset({Kind.ZIP})}, most_bytes=200 * MEGABYTE, most_unpacked=300 * MEGABYTE
)
MOST_ROWS: Final = 20_000
# The first name of each is the one a program writes; people's own files say the others.
COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "number": ("number", "商品编号", "Number"),
    "title_zh": ("title_zh", "中文标题", "标题", "Chinese title"),
    "title_en": ("title_en", "英文标题", "English title"),
    "subtitle_zh": ("subtitle_zh", "中文副标题", "Chinese subtitle"),
    "subtitle_en": ("subtitle_en", "英文副标题", "English subtitle"),
    "category": ("category", "类目", "Category"),
    "brand": ("brand", "品牌", "Brand"),
    "kind": ("kind", "交付方式", "Kind"),
    "keywords": ("keywords", "关键词", "Keywords"),
    "description_zh": ("description_zh", "中文详情", "Chinese description"),
    "description_en": ("description_en", "英文详情", "English description"),
    "attributes": ("attributes", "属性", "Attributes"),
    "pictures": ("pictures", "图片", "Pictures"),
    "specs": ("specs", "规格", "Choices"),
    "sku": ("sku", "SKU编码", "SKU"),
    "currency": ("currency", "币种", "Currency"),
    "price": ("price", "售价", "Price"),
    "market_price": ("market_price", "划线价", "Struck-out price"),
    "member_price": ("member_price", "会员价", "Member price"),
    "weight": ("weight", "重量克", "Weight, grams"),
    "barcode": ("barcode", "条码", "Barcode"),
    "sku_type": ("sku_type", "SKU类型", "SKU type"),
    "low_stock": ("low_stock", "库存预警", "Alarm at"),
    "stock": ("stock", "库存", "Stock"),
    "warehouse": ("warehouse", "仓库", "Warehouse"),
}
TITLES: Final = ("title_zh", "title_en")
_SPLIT: Final = str.maketrans({"；": ";", "＝": "=", "：": "=", "，": ";"})


@dataclass(frozen=True)
class FileSku:
    """One row: its number in the file and its cells by column, empty ones left out."""

    row: int
    cells: Mapping[str, str]


@dataclass
class FileGood:
    """The rows of one good; the first one has its texts."""

    rows: list[FileSku] = field(default_factory=list)

    def text(self, column: str) -> str:
        """What the first row that says anything says."""
        return next((row.cells[column] for row in self.rows if column in row.cells), "")

    @property
    def row(self) -> int:
        """Its first row in the file."""
        return self.rows[0].row

    @property
    def title(self) -> str:
        """What it is called in the file, for whoever looks for it."""
        return self.text("title_zh") or self.text("title_en") or self.text("number")


def read_goods_file(content: bytes, *, name: str) -> list[FileGood]:
    """This function will read a file of goods. A row with another number or other titles begins the next good; one
    with neither belongs to the good above. Raises GoodsFileRefused, HandedFileRefused."""
    rows = table_rows(content, name=name, taken=GOODS_FILES)
    places = _places(next(rows, (0, []))[1], name)
    found: list[FileGood] = []
    count = 0
    for number, texts in rows:
        cells = {
            key: texts[place] for key, place in places.items() if place < len(texts) and texts[place].strip()
        }
        if not cells:
            continue
        count += 1
        if count > MOST_ROWS:
            raise GoodsFileRefused(f"{name} has more than {MOST_ROWS:,} rows; cut it into several", name=name)
        row = FileSku(number, cells)
        if found and _belongs(row, found[-1]):
            found[-1].rows.append(row)
        else:
            found.append(FileGood([row]))
    if not found:
        raise GoodsFileRefused(f"{name} has no goods in it; download the template and fill it in", name=name)
    return found


def _belongs(row: FileSku, above: FileGood) -> bool:
    named = [column for column in ("number", *TITLES) if column in row.cells]
    return all(row.cells[column] == above.text(column) for column in named)


def _places(header: list[str], name: str) -> dict[str, int]:
    plain = [cell.strip("`\ufeff\t *").casefold() for cell in header]
    places = {
        key: plain.index(usual.casefold())
        for key, names in COLUMNS.items()
        for usual in names[::-1]
        if usual.casefold() in plain
    }
    if not {"number", *TITLES} & places.keys():
        raise GoodsFileRefused(
            f"{name} has neither a column for the number nor one for a title; download the template and fill it in",
            name=name,
        )
    return places


def pairs_in(text: str) -> dict[str, str]:
    """This function will read `colour=red; size=L` (or 颜色：红；尺码：L)."""
    found = {}
    for part in text.translate(_SPLIT).split(";"):
        key, equals, value = part.partition("=")
        if equals and key.strip():
            found[key.strip()] = value.strip()
    return found


def names_in(text: str) -> list[str]:
    """This function will read `a.jpg; b.jpg`."""
    return [part.strip() for part in text.translate(_SPLIT).split(";") if part.strip()]


def pictures_in(content: bytes, *, name: str, wanted: Iterable[str]) -> Iterator[tuple[str, bytes]]:
    """This function will check an archive of pictures and yield those that are `wanted`, by their bare names in small
    letters. Nothing is written anywhere: names that lead out of a folder are refused all the same.

    Raises GoodsFileRefused, HandedFileRefused.
    """
    check_content(content, name=name, taken=PICTURE_ARCHIVES)
    asked = {one.casefold() for one in wanted}
    seen: set[str] = set()
    try:
        with closing(zipfile.ZipFile(io.BytesIO(content))) as archive:
            for info in archive.infolist():
                path = PurePosixPath(info.filename)
                if path.is_absolute() or ".." in path.parts or "\\" in info.filename or ":" in info.filename:
                    raise GoodsFileRefused(
                        f"{name} holds {info.filename[:80]!r}, which leads out of it; pack the pictures anew",
                        name=name,
                    )
                bare = path.name.casefold()
                if info.is_dir() or bare not in asked:
                    continue
                if bare in seen:
                    raise GoodsFileRefused(
                        f"{name} holds {path.name} twice; give every picture a name of its own", name=name
                    )
                seen.add(bare)
                with archive.open(info) as member:
                    yield bare, member.read(MOST_BYTES + 1)
    except BREAKS as error:
        raise FileDamaged(f"{name} breaks off or is damaged ({error}); get the whole file again") from error
