"""Where payment channels call us: no session, no key; what speaks for them is their signature."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from zhanggui.journeys.channel_notified import channel_notified
from zhanggui.payments.errors import UnknownChannel
from zhanggui.payments.operations.keep_notice import BODY_MOST


@csrf_exempt
@require_POST
def notice(request: HttpRequest, channel: str) -> HttpResponse:
    """Take a notice and answer in the channel's own words."""
    if len(request.body) > BODY_MOST:
        return HttpResponse(status=413)
    try:
        answer = channel_notified(
            channel_code=channel, headers=dict(request.headers), body=request.body, at=timezone.now()
        )
    except UnknownChannel:
        return HttpResponse(status=404)
    return HttpResponse(answer.body, status=answer.status, content_type=answer.content_type)
