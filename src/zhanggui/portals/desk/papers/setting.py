"""Setting a paper: fonts found, template compiled, the PDF's bytes returned."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import typst

from zhanggui.money.errors import Refusal

FOLDER = Path(__file__).parent
# What common systems have; the first that is there is taken.
FAMILIES = (
    "Noto Sans CJK SC", "Source Han Sans SC", "Source Han Sans CN", "Noto Sans SC", "PingFang SC",
    "Microsoft YaHei", "WenQuanYi Zen Hei", "WenQuanYi Micro Hei", "Noto Serif CJK SC", "Source Han Serif SC",
    "SimHei", "SimSun", "Droid Sans Fallback",
)  # fmt: skip
LATIN = "Libertinus Serif"
CHINESE_FROM = "⺀"


class FontMissing(Refusal):
    """No font of this machine has Chinese characters."""

    code = "font_missing"
    http_status = 503


class PaperFailed(Refusal):
    """The paper could not be set."""

    code = "paper_failed"
    http_status = 500


@cache
def fonts() -> typst.Fonts:
    """The fonts of this machine, looked for once in a process."""
    return typst.Fonts()


def chinese_family() -> str | None:
    """The first known family with Chinese characters that this machine has."""
    there = set(fonts().families())
    return next((name for name in FAMILIES if name in there), None)


def paper(name: str, data: dict[str, Any]) -> bytes:
    """The PDF of a template with these texts. Raises FontMissing where the texts are Chinese and no font of the
    machine has Chinese characters, PaperFailed when typst refuses."""
    family = chinese_family()
    text = json.dumps(data, ensure_ascii=False, default=str)
    if family is None and any(letter >= CHINESE_FROM for letter in text):
        raise FontMissing(
            "no font on this server has Chinese characters; install one (Debian, Ubuntu: apt-get install"
            " fonts-noto-cjk; Fedora: dnf install google-noto-sans-cjk-fonts) and try again"
        )
    inputs = {"data": json.dumps(data | {"font": family or LATIN}, ensure_ascii=False, default=str)}
    try:
        made = typst.compile(FOLDER / f"{name}.typ", font_paths=fonts(), sys_inputs=inputs, format="pdf")
    except typst.TypstError as failed:
        raise PaperFailed(f"the paper could not be set: {failed.message}") from failed
    if not isinstance(made, bytes):
        raise PaperFailed("the paper could not be set: typst gave several files")
    return made
