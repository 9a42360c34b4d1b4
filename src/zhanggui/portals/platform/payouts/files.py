"""Payment files out and bank answers in, for who goes to the bank with a browser."""

from pathlib import PurePath
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from zhanggui.journeys.bank_answered import ANSWER_FILES, bank_answered
from zhanggui.journeys.payout_file_opened import payout_file_opened
from zhanggui.money.errors import Refusal
from zhanggui.portals.desk.details import Detail, Fact
from zhanggui.portals.desk.factors import factor_problem
from zhanggui.portals.desk.lists.remembered import forget
from zhanggui.portals.desk.people import may
from zhanggui.portals.desk.refusals import refusal_text
from zhanggui.portals.desk.written import actor_name
from zhanggui.portals.platform.access import needs
from zhanggui.portals.platform.payouts.words import EFFECTS, OUTCOMES, reason_name
from zhanggui.portals.platform.rails import rail_title
from zhanggui.settlement.entities.models import OwnAccount
from zhanggui.settlement.payouts.models import Payout, PayoutAnswer, PayoutBatch, PayoutFile
from zhanggui.settlement.payouts.rail import rail_names

MOST_SHOWN = 1000


def file_download(request: HttpRequest, row: PayoutBatch) -> tuple[str, HttpResponse | None]:
    """What is in the way, or the file as the bank takes it, as a download that nothing on the way keeps."""
    if not may(request.user, "payouts.make"):
        return _("Your role does not include this action."), None
    problem, number = factor_problem(request), request.POST.get("file", "")
    if problem:
        return problem, None
    try:
        file, content = payout_file_opened(
            batch=row.number, file_id=int(number) if number.isdecimal() and len(number) < 19 else 0,
            at=timezone.now(), actor=request.user.get_username(), where="screen",
        )  # fmt: skip
    except Refusal as refusal:
        return refusal_text(refusal), None
    answer = HttpResponse(content, content_type="application/octet-stream")
    answer["Content-Disposition"] = content_disposition_header(True, file.name) or "attachment"
    answer["Cache-Control"] = "private, no-store"
    answer["X-Content-Type-Options"] = "nosniff"
    return "", answer


def _accounts() -> list[OwnAccount]:
    """Accounts of ours whose rail reads files."""
    return list(OwnAccount.objects.filter(active=True, rail__in=rail_names()).order_by("code"))


@needs("payouts.make")
def answer_upload(request: HttpRequest) -> HttpResponse:
    """Take in a file in which a bank says what became of payouts."""
    problem = ""
    if request.method == "POST":
        problem, file_id = _taken_in(request)
        if file_id:
            return HttpResponseRedirect(reverse("platform:answer_file", args=[file_id]))
    context = {
        "title": _("Take in a bank's answer"), "problem": problem,
        "accounts": [(one, rail_title(one.rail)) for one in _accounts()],
        "chosen": request.POST.get("account", ""), "most": ANSWER_FILES.most,
        "breadcrumbs": [(_("Bank answers"), reverse("platform:payout_answers")),
                        (_("Take in a bank's answer"), "")],
    }  # fmt: skip
    return render(request, "platform/answer_upload.html", context, status=422 if problem else 200)


def _taken_in(request: HttpRequest) -> tuple[str, int]:
    """What was wrong, or the number of the file."""
    uploaded, account = request.FILES.get("file"), request.POST.get("account", "")
    if uploaded is None or not account:
        return _("Choose an account and a file."), 0
    try:
        done = bank_answered(
            own_account=account, name=PurePath(uploaded.name or "answer").name, content=uploaded.read(),
            clock=timezone.now, zone=timezone.get_default_timezone(), actor=request.user.get_username(),
        )  # fmt: skip
    except Refusal as refusal:
        return refusal_text(refusal), 0
    for name in ("platform.payout_answers", "platform.payouts", "platform.payout_batches"):
        forget(name)
    if done.repeated:
        messages.info(request, _("This file was read before; nothing changed."))
    else:
        total = sum(done.effects.values())
        messages.success(request, _("Read: %(count)s answers.") % {"count": f"{total:,}"})
    return "", done.file_id


@needs("payouts.view")
def answer_file(request: HttpRequest, file_id: int) -> HttpResponse:
    """What each answer of one file came to."""
    row = PayoutFile.objects.filter(id=file_id, direction="in").first()
    if row is None:
        raise Http404(_("There is no such file."))
    own = OwnAccount.objects.get(id=row.own_account_id)
    found = PayoutAnswer.objects.filter(file_id=row.id).order_by("id")
    shown = list(found[:MOST_SHOWN])
    numbers = dict(Payout.objects.filter(id__in={one.payout_id for one in shown}).values_list("id", "number"))
    count = found.count()
    detail = Detail(
        number=row.name, kind=_("Bank's answer"),
        facts=[
            Fact(_("Own account"), f"{own.code} {own.number_masked}"), Fact(_("Rail"), rail_title(own.rail)),
            Fact(_("Answers"), f"{count:,}"), Fact(_("Bytes"), f"{row.size_bytes:,}"),
            Fact(_("Read"), f"{timezone.localtime(row.at):%Y-%m-%d %H:%M:%S}"),
            Fact(_("By"), actor_name(row.actor)), Fact("SHA-256", bytes(row.sha256).hex()[:16]),
        ],
        breadcrumbs=[(_("Bank answers"), reverse("platform:payout_answers"))],
    )  # fmt: skip
    context: dict[str, Any] = {
        "detail": detail, "currency": own.currency, "more": count - len(shown),
        "answers": [
            (one, numbers.get(one.payout_id, ""), EFFECTS[one.effect], OUTCOMES.get(one.outcome, one.outcome),
             reason_name(one.reason_code) or one.reason)
            for one in shown
        ],
    }  # fmt: skip
    return render(request, "platform/answer_file.html", context)
