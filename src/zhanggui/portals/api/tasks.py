"""Background tasks of the API (procrastinate finds them by this module name)."""

from procrastinate.contrib.django import app

from zhanggui.portals.api import idempotency


@app.periodic(cron="43 3 * * *")
@app.task(name="api.forget_old_answers", pass_context=False)
def forget_old_answers(timestamp: int) -> None:
    """Delete answers kept long enough."""
    idempotency.forget_old_answers()
