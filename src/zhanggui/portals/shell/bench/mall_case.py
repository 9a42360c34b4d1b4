"""Purchases over several merchants through the storefront's own pages, two web workers and a real sandbox that calls
back, against bare transactions that write the same rows; and the same again with workers killed on the way."""

import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import psutil

from zhanggui.portals.shell.bench.mall_buyers import Shopper, Told, at_once, shop
from zhanggui.portals.shell.bench.mall_ceiling import make_twins, write_again, written_by
from zhanggui.portals.shell.bench.mall_ground import SHOPS, Stalls, open_channel, open_stalls
from zhanggui.portals.shell.bench.mall_processes import Worker, web_workers
from zhanggui.portals.shell.bench.mall_proof import prove, settle
from zhanggui.portals.shell.bench.measuring import Case, taking, took
from zhanggui.portals.shell.sandboxes import sandbox_running
from zhanggui.settlement.entities.models import BusinessLine
from zhanggui.trade.orders.models import Order, OrderState, Purchase, PurchaseState

WORKERS, BUYERS_MOST = 2, 8
KILL_WITHIN_SECONDS = 600


def mall_case(line: BusinessLine, purchases: int, runs: int) -> Case:
    """Buy `purchases` times a run, of three merchants each, and once more while workers are killed."""
    case = Case("orders of the mall over HTTP", "bare transactions writing the same rows", "orders", 0.1)
    buyers = min(BUYERS_MOST, max(2, purchases // 2))
    stalls = open_stalls(line, buyers=buyers, scarce_units=buyers // 2)
    with tempfile.TemporaryDirectory(prefix="zhanggui-bench-") as folder:
        home = Path(folder)
        with sandbox_running("wechat", folder=home / "gateway") as client:
            open_channel(client)
            sandbox = client["settings"]["base_url"]
            with web_workers(WORKERS, home) as workers, shoppers_at(workers, stalls) as (shoppers, told):
                shop(shoppers, stalls, purchases=buyers, first=0, wait=True)  # everything is loaded now
                told.steps.clear()
                told.seconds.clear()
                make_twins()
                for run in range(runs):
                    _measured(case, shoppers, stalls, workers, purchases, (run + 1) * purchases)
                case.more |= {
                    "purchases": purchases, "buyers": buyers, "web_workers": WORKERS,
                    "milliseconds": told.milliseconds(), "answers_failed": told.failed,
                    "proof": settle(sandbox) | prove(sandbox, stalls),
                }  # fmt: skip
                case.more["killed"] = _killed(shoppers, stalls, workers, told, purchases, sandbox)
    return case


@contextmanager
def shoppers_at(workers: Sequence[Worker], stalls: Stalls) -> Iterator[tuple[list[Shopper], Told]]:
    """Every buyer, logged in, half of them at each worker."""
    told = Told()
    addresses = [worker.address for worker in workers]
    shoppers = [
        Shopper(name, [*addresses[place % len(addresses) :], *addresses[: place % len(addresses)]], told)
        for place, name in enumerate(stalls.buyers)
    ]
    try:
        yield shoppers, told
    finally:
        for one in shoppers:
            one.close()


def _measured(
    case: Case,
    shoppers: Sequence[Shopper],
    stalls: Stalls,
    workers: Sequence[Worker],
    purchases: int,
    first: int,
) -> None:
    newest = Purchase.objects.order_by("-id").values_list("id", flat=True).first() or 0
    with taking() as ours:
        # Buyers are not ours: their seconds are taken off, the workers' added.
        spent = _spent(workers)
        shop(shoppers, stalls, purchases=purchases, first=first, wait=True)
        spent = _spent(workers) - spent
    ours.processor += spent
    made = Purchase.objects.filter(id__gt=newest, state=PurchaseState.PAID).order_by("id")
    orders = Order.objects.filter(purchase__in=made, state=OrderState.PAID).count()
    if orders != purchases * SHOPS:
        raise RuntimeError(f"{purchases} purchases were paid, {orders} orders found")
    rows = written_by(list(made.values_list("id", flat=True)))
    case.add(orders, ours, took(partial(write_again, rows, WORKERS)))


def _spent(workers: Sequence[Worker]) -> float:
    """Processor seconds of the workers less those of this process, which plays the buyers."""
    own = psutil.Process().cpu_times()
    return sum(one.processor_seconds() for one in workers) - own.user - own.system


def _killed(
    shoppers: Sequence[Shopper],
    stalls: Stalls,
    workers: Sequence[Worker],
    told: Told,
    purchases: int,
    sandbox: str,
) -> dict[str, Any]:
    """The run in which each worker is killed once in the middle and started again, and everybody wants the last
    items."""
    paid, failed = told.paid, told.failed
    began = time.monotonic()
    shop(
        shoppers, stalls, purchases=purchases, first=10_000, wait=False,
        meanwhile=lambda: _kill_each(workers, told, paid, purchases),
    )  # fmt: skip
    at_once(shoppers, lambda one: one.buy_directly(stalls.scarce, wait=False))
    seconds = time.monotonic() - began
    return {
        "purchases": told.paid - paid, "seconds": round(seconds, 1), "workers_killed": len(workers),
        "answers_failed": told.failed - failed, "sold_out": told.sold_out,
        **settle(sandbox), **prove(sandbox, stalls),
    }  # fmt: skip


def _kill_each(workers: Sequence[Worker], told: Told, paid: int, purchases: int) -> None:
    for place, worker in enumerate(workers, start=1):
        wanted = paid + purchases * place // (len(workers) + 1)
        with told.changed:
            told.changed.wait_for(lambda: told.paid >= wanted, KILL_WITHIN_SECONDS)  # noqa: B023
        worker.kill()
        worker.start_again()
