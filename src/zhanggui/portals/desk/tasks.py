"""Background tasks of the desk (procrastinate finds them by this module name)."""

from procrastinate.contrib.django import app

from zhanggui.portals.desk.exports import running


@app.task(name="desk.run_export", queue="exports")
def run_export(export_id: int) -> None:
    """Write the file of one export."""
    running.run_export(export_id)


@app.periodic(cron="17 * * * *")
@app.task(name="desk.remove_expired_exports", queue="exports", pass_context=False)
def remove_expired_exports(timestamp: int) -> None:
    """Delete files that are past their time."""
    running.remove_expired()
