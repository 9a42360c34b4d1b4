"""Write the reference pages that come from data: the fee catalogue and the chart of accounts.

Run as `uv run python tools/reference_pages.py`; with --check it writes nothing and gives 1 if a page
is not as the data says.
"""

import sys
from pathlib import Path

from zhanggui.ledger.chart import BY_CODE, CHART
from zhanggui.settlement.fees.catalogue.entries import (
    REVERSE_POLICIES,
    CatalogueEntry,
    Group,
    entries,
    groups,
)

REFERENCE = Path(__file__).resolve().parent.parent / "docs" / "reference"
COMMAND = "uv run python tools/reference_pages.py"

SIGNS = {1: "+", -1: "−", 0: "±"}
ON_RETURN = {
    "none": "stays",
    "pro_rata": "pro rata",
    "fixed": "fixed part",
    "full_only": "full returns only",
    "own_document": "own document",
}
POLICY = {number: ON_RETURN[name] for name, number in REVERSE_POLICIES.items()}


def fee_catalogue_page() -> str:
    """docs/reference/fee-catalogue.md"""
    own = sum(not entry.twin_of for entry in entries())
    parts = [FEE_INTRODUCTION.format(own=own, twins=len(entries()) - own, command=COMMAND)]
    parts += [_group_section(group) for group in groups()]
    return "\n".join(parts)


def chart_page() -> str:
    """docs/reference/chart-of-accounts.md"""
    rows = [
        f"| {purpose.code} | {purpose.zh} | {purpose.en} | {purpose.kind} | {purpose.normal} | "
        f"{', '.join(_opposite(purpose.code)) or ' '} |"
        for purpose in CHART
    ]
    return "\n".join([CHART_INTRODUCTION.format(command=COMMAND), *rows, ""])


PAGES = {"fee-catalogue.md": fee_catalogue_page, "chart-of-accounts.md": chart_page}

FEE_INTRODUCTION = """\
# Fee catalogue (费用类型目录)

<!-- Written by `{command}` from src/zhanggui/settlement/fees/catalogue/fee_types.toml. -->

{own} fee types and {twins} twins that hold the VAT on a fee. Every [billing detail](glossary.md) names one by
its id, and with it freezes its meaning: sign, what a return does to it, the account on the other side,
and whether it is invoiced. Those never change for an id; a fee that behaves otherwise is a new fee type.
Names, usual granularity, usual source and order may change.

A mall's own fee types take ids from 10000 up, which Zhanggui itself never uses. They are rows of the table
`settlement_fee_type`; loading the catalogue leaves them alone.

- **Sign**: + the merchant receives it, − it is charged, ± either.
- **On a return**: *pro rata*, its share of what is returned comes back, exact to the last cent over any
  number of partial returns; *stays*, nothing comes back; *own document*, it comes back, if at all, by a
  document of its own (an appeal, a release, a manual credit). A [rule](rule-set.md) may say otherwise for the
  details it makes, also that a fixed amount is kept and the rest comes back pro rata.
- **Worked out**: on a whole order, a product (spu), a kind of article (sku type), a line (sku), or on another
  fee's result (fee). A rule may choose otherwise.
- **Source**: *computed* by our rules, *parsed* from the order, *passed* in by a business line, *pulled* from
  somebody's bill.
- **Opposite**: the account that stands against the merchant's payable, see
  [chart of accounts](chart-of-accounts.md).
- **Invoice**: *output*, the platform invoices the merchant; *input*, the merchant invoices the platform
  (where the invoice mode asks for it); *none*.
"""

CHART_INTRODUCTION = """\
# Chart of accounts (会计科目)

<!-- Written by `{command}` from src/zhanggui/ledger/chart.py and the fee catalogue. -->

A ledger account is opened when it is first needed: one per settlement entity, line of this chart, owner,
reference and currency. What a party may see as its money is what stands on 2202.* under its name.
The last column lists the [fee types](fee-catalogue.md) whose details are posted against the account.

| code | 科目 | account | kind | normal side | fee types opposite |
|---|---|---|---|---|---|"""


def _group_section(group: Group) -> str:
    """One group's heading and table."""
    rows = [_fee_row(entry) for entry in entries() if entry.group == group.code]
    return "\n".join(
        [
            f"## {group.en} ({group.zh})",
            "",
            "| id | code | 费用 | fee | sign | on a return | worked out | source | opposite | invoice |",
            "|---:|---|---|---|:-:|---|---|---|---|---|",
            *rows,
            "",
        ]
    )


def _fee_row(entry: CatalogueEntry) -> str:
    """One line of a group's table."""
    return (
        f"| {entry.id} | `{entry.code}` | {entry.zh} | {entry.en} | {SIGNS[entry.sign]} | "
        f"{POLICY[entry.reverse_policy]} | {entry.granularity.replace('_', ' ')} | {entry.source} | "
        f"{entry.counter_purpose} {BY_CODE[entry.counter_purpose].en} | {entry.invoice} |"
    )


def _opposite(purpose: str) -> list[str]:
    """Codes of the fee types that stand opposite to this account."""
    return [f"`{entry.code}`" for entry in entries() if entry.counter_purpose == purpose]


def main(arguments: list[str]) -> int:
    """Write the pages, or with --check compare them; gives the exit code."""
    stale = []
    for name, page in PAGES.items():
        path = REFERENCE / name
        if path.exists() and path.read_text("utf-8") == page():
            continue
        stale.append(name)
        if "--check" not in arguments:
            path.write_text(page(), "utf-8")
    if stale and "--check" in arguments:
        print(f"not as the data says: {', '.join(stale)}; run {COMMAND}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
