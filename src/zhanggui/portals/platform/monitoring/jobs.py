"""The periodic jobs: when each ran, how it ended, when it runs next; running one now."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from zhanggui.clockwork.jobs import (
    periodic_jobs,
    queue_counts,
    retry_policy,
    run_now,
    stalled_jobs,
    workers_alive,
)
from zhanggui.clockwork.models import JobFailure
from zhanggui.money.errors import Refusal
from zhanggui.portals.desk.languages import chinese
from zhanggui.portals.desk.people import may
from zhanggui.portals.desk.refusals import refusal_text
from zhanggui.portals.platform.access import needs
from zhanggui.portals.platform.monitoring.words import JOB_STATES

LATEST_FAILURES = 20
# What each job does, for Chinese readers; the English is the task's own first line.
MEANINGS = {
    "clockwork.bill_due": "每十分钟：对到期的订单行计费",
    "clockwork.propose_payouts": "早上，默认确认之后：把到期应付的结算单编成付款批次，等待审批",
    "clockwork.fetch_bills": "每半小时：读入放在各账户文件夹里的账单并对账",
    "clockwork.ask_for_bills": "每天三次：向渠道获取最近一周尚未到的账单并对账",
    "clockwork.run_payouts": "每刻钟：读取银行回执，查询未知结果，发出已批准的批次",
    "clockwork.compare": "执行一次规则测算；重复执行不会再算",
    "clockwork.age_differences": "午夜后：次日账单仍未到的挂账转为差异",
    "clockwork.match_again": "每六小时：对仍有差异的账单再对一次，勾销此后到达的",
    "clockwork.let_approvals_run_out": "每小时：让逾期无人审批的单据过期，释放其占用",
    "clockwork.move_orders_on": "每十分钟：把到期的商城订单转为已收货、已完成",
    "clockwork.prepare_paid_orders": "每分钟：为已付款的数字商品订单发码，为自提订单生成提货码",
    "clockwork.release_reserves": "午夜后：释放到期的滚动保证金",
    "clockwork.age_debts": "午夜后：对进入下一级的欠款催收",
    "clockwork.ask_for_deposits": "午夜后：对不足的保证金要求补缴",
    "clockwork.give_rebates": "账期结束后：发放到期的返利",
    "clockwork.rebate_members": "夜间：按上月完成的订单发放会员返利券，每人一次",
    "clockwork.back_up": "夜间：全量备份，并清理超出保留期的备份",
    "clockwork.archive_old_periods": "每月：归档足够久的账期，并核验最久未核验的归档",
    "clockwork.keep_line_ranges": "夜间：月份更替且计费行足够多时开启新的行号区间，并更新统计信息",
    "clockwork.audit_security": "夜间，备份之后：检查人员、角色、密钥、备份与设置，并留下结果",
    "clockwork.test_backup": "每月：把最近一份备份恢复到单独的数据库核验，随后删除该库",
    "clockwork.test_backup_now": "按需：把最近一份备份恢复到单独的数据库核验，随后删除该库",
    "clockwork.back_up_now": "按需：立即备份，不受保留期清理",
    "clockwork.draft_invoices": "早上，默认确认之后：为到期的结算单起草发票，核销已付款的",
    "clockwork.mind_payments": "每分钟：向渠道查询未告知的支付，取消超时未付的购买，发送退款",
    "clockwork.mind_returns": "每十分钟：推进超时未处理的售后单",
    "clockwork.mind_contracts": "每天早上：合同快到期且未续签时告知对方",
    "clockwork.mind_stock": "每十分钟：库存降到预警线时告知店铺和供应商",
    "clockwork.tell_settlement": "每分钟：把商城的订单和退款告知结算中心",
    "clockwork.split_due": "每两分钟：按规则为已计费的订单在渠道分账，并查询在途的分账",
    "clockwork.pull_feeds": "每五分钟：为每个到期的拉取源安排一次拉取",
    "clockwork.pull_feed": "拉取一个到期的拉取源；重复执行不会再拉",
    "clockwork.take_in_upload": "导入一个已上传的文件；重复执行会从中断处继续",
    "api.forget_old_answers": "删除保留期已过的接口应答",
    "desk.run_export": "生成一个导出文件",
    "platform.close_through": "关闭指定日期前结束的结算单",
    "clockwork.close_periods": "零点过后：先计费，再关闭昨天结束的账期",
    "clockwork.confirm_by_silence": "每天上午：确认到期无异议的结算单",
    "clockwork.keep_ledger": "每十分钟：延长哈希链，折叠余额与明细合计",
    "clockwork.sweep_invariants": "每小时：自检账目并留下结果",
    "clockwork.watch_money": "每五分钟：用异常规则检查最近几天",
    "clockwork.rescue_stalled": "每两分钟：接手失联工作进程留下的任务",
    "clockwork.remove_old_jobs": "每天夜里：清除三个月前结束的任务",
    "desk.remove_expired_exports": "每小时：删除过期的导出文件",
    "api.forget_answers": "每天：清除过期的接口应答",
}


@needs("jobs.view")
def jobs_page(request: HttpRequest) -> HttpResponse:
    """Every periodic job, the queues, the latest failures."""
    now = timezone.now()
    wanted = request.GET.get("task", "")
    failures = JobFailure.objects.filter(**({"task_name": wanted} if wanted else {})).order_by("-id")
    context = {
        "title": _("Jobs"), "now": now, "task": wanted,
        "jobs": [
            (one, JOB_STATES[one.state], MEANINGS.get(one.task, one.meaning) if chinese() else one.meaning)
            for one in periodic_jobs(at=now)
        ],
        "queues": queue_counts(), "workers": workers_alive(), "stalled": stalled_jobs(),
        "failures": failures[:LATEST_FAILURES], "policy": retry_policy(),
        "running": may(request.user, "jobs.run"),
    }  # fmt: skip
    return render(request, "platform/jobs.html", context)


@require_POST
@needs("jobs.run")
def run_job(request: HttpRequest) -> HttpResponse:
    """Put a job in for now."""
    task = request.POST.get("task", "")
    try:
        number = run_now(task=task, at=timezone.now(), actor=request.user.get_username())
        messages.success(request, _("Job %(task)s is in the queue as number %(number)s.")
                         % {"task": task, "number": number})  # fmt: skip
    except Refusal as refusal:
        messages.error(request, refusal_text(refusal))
    return HttpResponseRedirect(reverse("platform:jobs"))
