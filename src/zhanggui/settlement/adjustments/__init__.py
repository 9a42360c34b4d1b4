"""Documents of our own over a party's money: adjustments (调整单) and rebates (返利).

Owns: adjustment documents with maker and checker, rebate agreements and what they came to per period.

Holds always: an adjustment has exactly one detail if and only if it is approved, and that detail has its amount;
a rebate is what the agreement gives on the sales of the period, less what was given before.

Refuses to know: deposits, debts, payouts.
"""
