"""After buying, killed workers or not: every payment is here, nothing is oversold, every entry balances."""

from datetime import UTC, datetime
from typing import Any

import httpx

from zhanggui.clockwork.mind_payments import send_refunds
from zhanggui.clockwork.sweep_invariants import sweep
from zhanggui.clockwork.tell_settlement import tell_settlement
from zhanggui.journeys.charge_answered import charge_asked
from zhanggui.journeys.purchase_cancelled import purchase_cancelled
from zhanggui.payments.models import Charge, ChargeUse, PaymentAttempt, Refund, RefundState
from zhanggui.payments.states import ATTEMPTS_OPEN
from zhanggui.portals.shell.bench.mall_ground import ACTOR, Stalls
from zhanggui.portals.shell.moments import zone
from zhanggui.rows.reading import rows_of
from zhanggui.trade.orders.models import Purchase, PurchaseState

ROUNDS = 20


def _now() -> datetime:
    return datetime.now(UTC)


def settle(sandbox: str) -> dict[str, int]:
    """This function will have the gateway call again what was not heard, ask for the rest, end what nobody paid, give
    back what is surplus, and tell the settlement centre; and return how many callbacks came again and how many
    payments only asking found."""
    with httpx.Client(base_url=sandbox, timeout=120, trust_env=False) as http:
        waiting = _waiting(http)
        for _ in range(ROUNDS):  # a worker may be too busy for the gateway's five seconds
            if not _waiting(http):
                break
            http.post("/sandbox/callbacks/deliver", json={"writing": "true"}).raise_for_status()
    before = Charge.objects.count()
    # What the clock would do in a minute, or in half an hour, is done now.
    for attempt in PaymentAttempt.objects.select_related("channel", "payment").filter(
        state__in=ATTEMPTS_OPEN
    ):
        charge_asked(attempt=attempt, clock=_now)
    asked = Charge.objects.count() - before
    for purchase in Purchase.objects.filter(state=PurchaseState.PLACED):
        purchase_cancelled(purchase=purchase, clock=_now, actor=ACTOR)
    send_refunds(clock=_now, notify_url=lambda code: "")
    told = tell_settlement(clock=_now, zone=zone())
    if told.rejected:
        raise RuntimeError(f"{told.rejected} orders or refunds were not taken in by the settlement centre")
    return {"callbacks_again": len(waiting), "found_by_asking": asked}


def _waiting(http: httpx.Client) -> list[str]:
    """Callbacks that nobody took."""
    return [one["id"] for one in http.get("/sandbox/callbacks").json() if one["state"] != "taken"]


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
