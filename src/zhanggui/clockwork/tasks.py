"""The clock's hands: periodic jobs of the queue. Each is one call down, idempotent, one at a time.

`queueing_lock` keeps a second run of the same job out of the queue; the acts themselves hold their own locks.
"""

from contextlib import suppress
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from zhanggui.backups.models import BackupKind
from zhanggui.clockwork.age_debts import age_debts
from zhanggui.clockwork.archive_old_periods import archive_old_periods
from zhanggui.clockwork.ask_for_bills import ask_for_bills
from zhanggui.clockwork.ask_for_deposits import ask_for_deposits
from zhanggui.clockwork.audit_security import audit_security
from zhanggui.clockwork.back_up import back_up, restore_for_test
from zhanggui.clockwork.bill_due import bill_due
from zhanggui.clockwork.carry_out_comparison import carry_out_comparison
from zhanggui.clockwork.close_due_periods import close_due_periods
from zhanggui.clockwork.confirm_by_silence import confirm_by_silence
from zhanggui.clockwork.draft_due_invoices import draft_due_invoices
from zhanggui.clockwork.fetch_bills import fetch_bills
from zhanggui.clockwork.give_rebates import give_rebates
from zhanggui.clockwork.keep_line_ranges import keep_line_ranges
from zhanggui.clockwork.let_approvals_run_out import let_approvals_run_out
from zhanggui.clockwork.match_again import match_again
from zhanggui.clockwork.mind_payments import ask_for_charges, cancel_expired, send_refunds, send_repairs
from zhanggui.clockwork.mind_returns import mind_returns
from zhanggui.clockwork.move_orders_on import move_orders_on, prepare_paid_orders
from zhanggui.clockwork.pull_feeds import pull_due_feeds, pull_feed
from zhanggui.clockwork.rebate_members import rebate_members
from zhanggui.clockwork.release_reserves import release_reserves
from zhanggui.clockwork.remove_old_jobs import remove_old_jobs
from zhanggui.clockwork.rescue_stalled import rescue_stalled
from zhanggui.clockwork.run_payouts import run_payouts
from zhanggui.clockwork.split_due import split_due
from zhanggui.clockwork.sweep_invariants import sweep_and_record
from zhanggui.clockwork.take_in_goods import take_in_goods
from zhanggui.clockwork.take_in_upload import take_in_upload
from zhanggui.clockwork.tell_settlement import tell_settlement
from zhanggui.clockwork.watch_money import watch_money
from zhanggui.journeys.books_kept import books_kept
from zhanggui.journeys.contracts_ending import contracts_ending_told
from zhanggui.journeys.difference_settled import differences_aged
from zhanggui.journeys.stock_ran_low import low_stock_told


def _when() -> dict[str, Any]:
    return {"clock": timezone.now, "zone": timezone.get_default_timezone()}


@app.periodic(cron="*/10 * * * *")
@app.task(name="clockwork.bill_due", queue="clockwork", queueing_lock="bill_due", lock="books")
def bill_due_job(timestamp: int) -> None:
    """Every ten minutes: bill what became due."""
    bill_due(**_when())


@app.periodic(cron="15 0 * * *")
@app.task(name="clockwork.close_periods", queue="clockwork", queueing_lock="close_periods", lock="books")
def close_periods_job(timestamp: int) -> None:
    """After midnight: bill up to now, then close what ended yesterday."""
    bill_due(**_when())
    close_due_periods(**_when())


@app.periodic(cron="0 9 * * *")
@app.task(name="clockwork.confirm_by_silence", queue="clockwork", queueing_lock="silence", lock="books")
def confirm_by_silence_job(timestamp: int) -> None:
    """In the morning: confirm what nobody objected to."""
    confirm_by_silence(**_when())


@app.periodic(cron="0 10 * * *")
@app.task(
    name="clockwork.propose_payouts", queue="clockwork", queueing_lock="propose_payouts", lock="payouts"
)
def propose_payouts_job(timestamp: int) -> None:
    """In the morning, after silence has confirmed: put what is due into batches, which a person has to approve."""
    run_payouts(**_when(), actor="clockwork")


@app.periodic(cron="*/15 * * * *")
@app.task(name="clockwork.run_payouts", queue="clockwork", queueing_lock="run_payouts", lock="payouts")
def run_payouts_job(timestamp: int) -> None:
    """Every quarter of an hour: read what banks said, ask after what nobody knows, send what is approved."""
    run_payouts(**_when(), actor="clockwork", propose=False)


@app.periodic(cron="* * * * *")
@app.task(
    name="clockwork.mind_payments", queue="payments", queueing_lock="mind_payments", lock="mind_payments"
)
def mind_payments_job(timestamp: int) -> None:
    """Every minute: ask channels for what they have not told, cancel what was not paid in time, send refunds
    and their repairs."""
    ask_for_charges(clock=timezone.now)
    cancel_expired(clock=timezone.now)
    send_refunds(clock=timezone.now, notify_url=settings.NOTIFY_URL)
    send_repairs(clock=timezone.now)


@app.periodic(cron="*/10 * * * *")
@app.task(name="clockwork.mind_returns", queue="clockwork", queueing_lock="mind_returns", lock="mind_returns")
def mind_returns_job(timestamp: int) -> None:
    """Every ten minutes: go on with after-sale cases in which nobody answered in time."""
    mind_returns(clock=timezone.now)


@app.periodic(cron="*/10 * * * *")
@app.task(name="clockwork.mind_stock", queue="clockwork", queueing_lock="mind_stock", lock="mind_stock")
def mind_stock_job(timestamp: int) -> None:
    """Every ten minutes: tell shops and suppliers which of their goods are running low."""
    low_stock_told(at=timezone.now())


@app.periodic(cron="30 8 * * *")
@app.task(
    name="clockwork.mind_contracts", queue="clockwork", queueing_lock="mind_contracts", lock="mind_contracts"
)
def mind_contracts_job(timestamp: int) -> None:
    """In the morning: tell parties whose contract ends soon and has none after it."""
    contracts_ending_told(today=timezone.localdate(), at=timezone.now())


@app.periodic(cron="* * * * *")
@app.task(name="clockwork.tell_settlement", queue="clockwork", queueing_lock="tell_settlement", lock="tell")
def tell_settlement_job(timestamp: int) -> None:
    """Every minute: tell the settlement centre of the mall's orders and refunds."""
    tell_settlement(**_when())


@app.periodic(cron="*/2 * * * *")
@app.task(name="clockwork.split_due", queue="payments", queueing_lock="split_due", lock="split_due")
def split_due_job(timestamp: int) -> None:
    """Every two minutes: split billed orders at their channels by the rules, ask after those under way."""
    split_due(**_when())


@app.task(name="clockwork.compare", queue="comparisons")
def compare(comparison_id: int) -> None:
    """Carry out a what-if. Run twice, the second finds it done."""
    carry_out_comparison(comparison_id, clock=timezone.now)


def queue_comparison(comparison_id: int) -> None:
    """Put a what-if on the queue, in the caller's transaction; one job of it at a time."""
    compare.configure(lock=f"comparison-{comparison_id}").defer(comparison_id=comparison_id)


@app.periodic(cron="*/10 * * * *")
@app.task(name="clockwork.keep_ledger", queue="clockwork", queueing_lock="keep_ledger")
def keep_ledger_job(timestamp: int) -> None:
    """Every ten minutes: extend the hash chain, fold the balances and the sums of details."""
    books_kept(zone=timezone.get_default_timezone())


@app.periodic(cron="*/30 * * * *")
@app.task(name="clockwork.fetch_bills", queue="clockwork", queueing_lock="fetch_bills", lock="bills")
def fetch_bills_job(timestamp: int) -> None:
    """Every half hour: take in the bills that were put into our accounts' folders, and run over them."""
    fetch_bills(folder=settings.BILL_FOLDER, clock=timezone.now, actor="clockwork")


@app.periodic(cron="20 10,14,18 * * *")
@app.task(name="clockwork.ask_for_bills", queue="payments", queueing_lock="ask_for_bills", lock="bills")
def ask_for_bills_job(timestamp: int) -> None:
    """Three times a day: ask channels for bills of the last week that are not here, and run over them."""
    ask_for_bills(clock=timezone.now, actor="clockwork")


@app.periodic(cron="45 0 * * *")
@app.task(name="clockwork.age_differences", queue="clockwork", queueing_lock="age_differences")
def age_differences_job(timestamp: int) -> None:
    """After midnight: what waited for the next day's bill and did not come with it is open."""
    differences_aged(today=timezone.localdate())


@app.periodic(cron="25 */6 * * *")
@app.task(name="clockwork.match_again", queue="clockwork", queueing_lock="match_again", lock="bills")
def match_again_job(timestamp: int) -> None:
    """Every six hours: run once more over bills that left differences, for what has come since."""
    match_again(clock=timezone.now, actor="clockwork")


@app.periodic(cron="10 * * * *")
@app.task(
    name="clockwork.let_approvals_run_out",
    queue="clockwork",
    queueing_lock="let_approvals_run_out",
    lock="payouts",
)
def let_approvals_run_out_job(timestamp: int) -> None:
    """Every hour: let documents run out that nobody decided about in time."""
    let_approvals_run_out(**_when(), life=settings.APPROVAL_LIFE)


@app.periodic(cron="30 * * * *")
@app.task(name="clockwork.sweep_invariants", queue="clockwork", queueing_lock="sweep_invariants")
def sweep_invariants_job(timestamp: int) -> None:
    """Every hour: check the books and keep the result."""
    sweep_and_record(at=timezone.now(), actor="clockwork")


@app.periodic(cron="*/5 * * * *")
@app.task(name="clockwork.watch_money", queue="clockwork", queueing_lock="watch_money")
def watch_money_job(timestamp: int) -> None:
    """Every five minutes: evaluate the anomaly rules over the last days."""
    watch_money(**_when())


@app.periodic(cron="*/2 * * * *")
@app.task(name="clockwork.rescue_stalled", queue="clockwork", queueing_lock="rescue_stalled")
def rescue_stalled_job(timestamp: int) -> None:
    """Every two minutes: take up again the jobs of workers that are gone."""
    rescue_stalled(at=timezone.now())


@app.periodic(cron="45 2 * * *")
@app.task(name="clockwork.remove_old_jobs", queue="clockwork", queueing_lock="remove_old_jobs")
def remove_old_jobs_job(timestamp: int) -> None:
    """At night: forget jobs that ended three months ago."""
    remove_old_jobs(at=timezone.now())


@app.periodic(cron="30 0 * * *")
@app.task(
    name="clockwork.release_reserves", queue="clockwork", queueing_lock="release_reserves", lock="books"
)
def release_reserves_job(timestamp: int) -> None:
    """After midnight: release reserves whose days are over."""
    release_reserves(**_when())


@app.periodic(cron="40 0 * * *")
@app.task(name="clockwork.age_debts", queue="clockwork", queueing_lock="age_debts", lock="books")
def age_debts_job(timestamp: int) -> None:
    """After midnight: dun debts that reached the next level."""
    age_debts(**_when())


@app.periodic(cron="50 0 * * *")
@app.task(
    name="clockwork.ask_for_deposits", queue="clockwork", queueing_lock="ask_for_deposits", lock="books"
)
def ask_for_deposits_job(timestamp: int) -> None:
    """After midnight: ask for deposits that are short."""
    ask_for_deposits(**_when())


@app.periodic(cron="0 1 * * *")
@app.task(name="clockwork.give_rebates", queue="clockwork", queueing_lock="give_rebates", lock="books")
def give_rebates_job(timestamp: int) -> None:
    """After the periods closed: give the rebates of those that are over."""
    give_rebates(**_when())


@app.periodic(cron="30 1 * * *")
@app.task(name="clockwork.rebate_members", queue="clockwork", queueing_lock="rebate_members")
def rebate_members_job(timestamp: int) -> None:
    """At night: give members back what last month's orders promised them, once."""
    rebate_members(**_when())


@app.periodic(cron="0 3 * * *")
@app.task(name="clockwork.back_up", queue="clockwork", queueing_lock="back_up")
def back_up_job(timestamp: int) -> None:
    """At night: back everything up, and take away what retention does not keep."""
    back_up(actor="clockwork", kind=BackupKind.SCHEDULED, **_when())


@app.periodic(cron="30 4 * * *")
@app.task(name="clockwork.audit_security", queue="clockwork", queueing_lock="audit_security")
def audit_security_job(timestamp: int) -> None:
    """At night, after the backup: look at people, roles, keys, backups and settings, and keep what was found."""
    audit_security(actor="clockwork", **_when())


@app.periodic(cron="0 5 1 * *")
@app.task(name="clockwork.test_backup", queue="clockwork", queueing_lock="test_backup", lock="test_backup")
def test_backup_job(timestamp: int) -> None:
    """Once a month: restore the latest backup into a database of its own, and take that away again."""
    restore_for_test(clock=timezone.now, actor="clockwork")


@app.periodic(cron="0 2 3 * *")
@app.task(
    name="clockwork.archive_old_periods",
    queue="clockwork",
    queueing_lock="archive_old_periods",
    lock="archive",
)
def archive_old_periods_job(timestamp: int) -> None:
    """Once a month: archive periods that are old enough, and prove some archives again."""
    archive_old_periods(actor="clockwork", **_when())


@app.periodic(cron="20 2 * * *")
@app.task(
    name="clockwork.keep_line_ranges", queue="clockwork", queueing_lock="keep_line_ranges", lock="books"
)
def keep_line_ranges_job(timestamp: int) -> None:
    """At night: open a range of line numbers if the month turned and the present one has lines enough."""
    keep_line_ranges(actor="clockwork", **_when())


@app.task(name="clockwork.test_backup_now", queue="clockwork", lock="test_backup")
def test_backup_now(actor: str) -> None:
    """On demand: restore the latest backup into a database of its own, and take that away again."""
    restore_for_test(clock=timezone.now, actor=actor)


@app.task(name="clockwork.back_up_now", queue="clockwork", lock="back_up")
def back_up_now(actor: str) -> None:
    """On demand: back everything up; retention leaves it alone."""
    back_up(actor=actor, kind=BackupKind.MANUAL, **_when())


@app.periodic(cron="30 9 * * *")
@app.task(name="clockwork.draft_invoices", queue="clockwork", queueing_lock="draft_invoices", lock="books")
def draft_invoices_job(timestamp: int) -> None:
    """In the morning, after confirmation by silence: draft invoices that became due, check off paid ones."""
    draft_due_invoices(clock=timezone.now)


@app.task(name="clockwork.take_in_upload", aliases=["platform.take_in_upload"], queue="imports")
def take_in_upload_job(run_id: int) -> None:
    """Import a file that was uploaded. Run twice, the second goes on where the first stopped, or finds it done."""
    take_in_upload(run_id)


def enqueue_upload(run_id: int) -> None:
    """Put taking in a file that waits on the queue, in the caller's transaction; once is enough."""
    lock = f"import-{run_id}"
    with suppress(AlreadyEnqueued), transaction.atomic():
        take_in_upload_job.configure(lock=lock, queueing_lock=lock).defer(run_id=run_id)


@app.task(name="clockwork.take_in_goods", queue="imports")
def take_in_goods_job(upload_id: int) -> None:
    """Take in a file of goods that was uploaded. Run twice, the second finds it done."""
    take_in_goods(upload_id)


def enqueue_goods(upload_id: int) -> None:
    """Put taking in a file of goods on the queue, in the caller's transaction; once is enough."""
    lock = f"goods-{upload_id}"
    with suppress(AlreadyEnqueued), transaction.atomic():
        take_in_goods_job.configure(lock=lock, queueing_lock=lock).defer(upload_id=upload_id)


@app.periodic(cron="*/5 * * * *")
@app.task(name="clockwork.pull_feeds", queue="clockwork", queueing_lock="pull_feeds")
def pull_feeds_job(timestamp: int) -> None:
    """Every five minutes: put a job in for each charge feed that is due."""
    pull_due_feeds(at=timezone.now(), enqueue=enqueue_pull)


@app.task(name="clockwork.pull_feed", queue="feeds")
def pull_feed_job(feed_id: int) -> None:
    """Pull one charge feed, if it is due still. Run twice, the second finds nothing to do."""
    pull_feed(feed_id=feed_id, clock=timezone.now)


def enqueue_pull(feed_id: int) -> None:
    """Put pulling a feed on the queue, in the caller's transaction; once is enough."""
    lock = f"feed-{feed_id}"
    with suppress(AlreadyEnqueued), transaction.atomic():
        pull_feed_job.configure(lock=lock, queueing_lock=lock).defer(feed_id=feed_id)


@app.periodic(cron="*/10 * * * *")
@app.task(name="clockwork.move_orders_on", queue="clockwork", queueing_lock="move_orders_on")
def move_orders_on_job(timestamp: int) -> None:
    """Every ten minutes: receive and complete the orders for which time is up."""
    move_orders_on(clock=timezone.now)


@app.periodic(cron="* * * * *")
@app.task(name="clockwork.prepare_paid_orders", queue="clockwork", queueing_lock="prepare_paid_orders")
def prepare_paid_orders_job(timestamp: int) -> None:
    """Every minute: give codes to the paid orders that wait for them."""
    prepare_paid_orders(clock=timezone.now)
