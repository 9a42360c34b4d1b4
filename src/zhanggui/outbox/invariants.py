"""What must always hold of notices; each function returns the offending rows."""

from typing import Any

from zhanggui.rows.reading import offending_rows


def notice_read_for_another() -> list[dict[str, Any]]:
    """Readings that name another party than their notice: a tenant would see them."""
    return offending_rows(
        "select r.id, r.party_id, n.party_id as told from outbox_notice_read r"
        " join outbox_notice n on n.id = r.notice_id where r.party_id <> n.party_id"
    )
