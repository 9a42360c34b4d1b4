"""What was changed about an arrangement, by whom: from the log of changes."""

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from zhanggui.audit.models import AuditRecord
from zhanggui.portals.desk.written import actor_name
from zhanggui.portals.platform.acts import act_in_words
from zhanggui.portals.platform.guarded.documents import Cell, Table

MOST = 50


def history_of(kind: str, number: str = "", told: Any = None) -> Table:
    """The latest changes of one object, or of all of a kind; `told` puts what a record changed into words."""
    records = AuditRecord.objects.filter(object_kind=kind)
    if number:
        records = records.filter(object_id=number)
    rows = []
    for one in records.order_by("-id")[:MOST]:
        cells = [Cell(f"{timezone.localtime(one.at):%Y-%m-%d %H:%M}",
                      reverse("platform:audit_record", args=[one.id])),
                 Cell(act_in_words(one.action)), Cell(actor_name(one.actor))]  # fmt: skip
        if told is not None:
            cells += [Cell(text, wrap=True) for text in told(one)]
        else:
            cells.append(Cell((one.after or {}).get("reason", "")))
        rows.append(cells)
    columns = [(_("Time"), False), (_("Change"), False), (_("By"), False)]
    columns += (
        [(pgettext("change", "Before"), False), (pgettext("change", "After"), False)]
        if told is not None
        else [(_("Reason"), False)]
    )
    return Table(_("History"), columns, rows, _("Nothing was changed yet."))
