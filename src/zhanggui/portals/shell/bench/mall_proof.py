"""After buying, killed workers or not: every payment is here, nothing is oversold, every entry balances."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from zhanggui.clockwork.mind_payments import ask_for_charges, cancel_expired, send_refunds
from zhanggui.clockwork.sweep_invariants import sweep
from zhanggui.clockwork.tell_settlement import tell_settlement
from zhanggui.payments.models import Charge, ChargeUse, Refund, RefundState
from zhanggui.portals.shell.bench.mall_ground import Stalls
from zhanggui.portals.shell.moments import zone
from zhanggui.rows.reading import rows_of
from zhanggui.trade.orders.models import Purchase, PurchaseState

LATER = timedelta(hours=2)


def _later() -> datetime:
    return datetime.now(UTC) + LATER


def settle(sandbox: str) -> dict[str, int]:
    """This function will have the gateway call again what was not heard, ask for the rest, end what nobody paid, give
    back what is surplus, and tell the settlement centre; and return how many callbacks came again and how many
    payments only asking found."""
    with httpx.Client(base_url=sandbox, timeout=120, trust_env=False) as http:
        waiting = [one for one in http.get("/sandbox/callbacks").json() if one["state"] != "taken"]
        if waiting:
            http.post("/sandbox/callbacks/deliver", json={"writing": "true"}).raise_for_status()
    before = Charge.objects.count()
    _until_done(lambda: ask_for_charges(clock=_later).done)
    asked = Charge.objects.count() - before
    _until_done(lambda: cancel_expired(clock=_later).done)
    _until_done(lambda: send_refunds(clock=_later, notify_url=lambda code: "").done)
    told = tell_settlement(clock=lambda: datetime.now(UTC), zone=zone())
    if told.rejected:
        raise RuntimeError(f"{told.rejected} orders or refunds were not taken in by the settlement centre")
    return {"callbacks_again": len(waiting), "found_by_asking": asked}


def _until_done(act: Callable[[], int], most: int = 50) -> None:
    for _ in range(most):
        if not act():
            return


def prove(sandbox: str, stalls: Stalls) -> dict[str, Any]:
    """This function will check what was promised and return figures of it. Raises RuntimeError where it is not so."""
    with httpx.Client(base_url=sandbox, timeout=120, trust_env=False) as http:
        callbacks = [one for one in http.get("/sandbox/callbacks").json() if one["kind"] == "charge"]
    untaken = [one["id"] for one in callbacks if one["state"] != "taken"]
    lost = [number for number in map(_number, callbacks) if not _known(number)]
    if untaken or lost:
        raise RuntimeError(f"callbacks nobody took: {untaken}; payments nobody knows here: {lost}")
    waiting = Purchase.objects.filter(state=PurchaseState.PLACED).count()
    if waiting:
        raise RuntimeError(f"{waiting} purchases are neither paid nor over")
    oversold = rows_of(
        "select s.id, s.reserved, s.on_hand, coalesce(sum(l.quantity), 0) as ordered from trade_stock s"
        " left join trade_order_line l on l.sku_id = s.sku_id"
        "  and l.order_id in (select id from trade_order where state = 'paid')"
        " group by s.id having s.reserved > s.on_hand or s.reserved <> coalesce(sum(l.quantity), 0)",
        [],
    )
    if oversold:
        raise RuntimeError(f"stock is not what was ordered: {oversold}")
    sold = rows_of(
        "select coalesce(sum(l.quantity), 0)::int as units from trade_order_line l join trade_order o"
        " on o.id = l.order_id where l.sku_id = %s and o.state = 'paid'", [stalls.scarce],
    )[0]["units"]  # fmt: skip
    if sold > stalls.scarce_units:
        raise RuntimeError(f"{sold} of {stalls.scarce_units} were sold")
    violations = {name: rows for name, rows in sweep().items() if rows}
    if violations:
        raise RuntimeError(f"the books do not hold: {violations}")
    return {
        "oversold": 0, "unbalanced": 0, "lost_callbacks": 0, "payments_at_gateway": len(callbacks),
        "given_back": Refund.objects.filter(state=RefundState.SUCCEEDED).count(), "scarce_sold": sold,
        "scarce_units": stalls.scarce_units,
    }  # fmt: skip


def _number(callback: dict[str, Any]) -> str:
    """Our number of the payment a callback is about."""
    resource = callback["event"]["resource"]
    return str(resource.get("combine_out_trade_no") or resource["out_trade_no"])


def _known(number: str) -> bool:
    """Whether a payment of the gateway is here: it pays for orders, or its money went back."""
    charge = Charge.objects.filter(attempt__number=number).first()
    if charge is None:
        return False
    gone = charge.refunds.filter(state=RefundState.SUCCEEDED, amount_minor=charge.amount_minor).exists()
    return charge.use == ChargeUse.ACCEPTED or gone
