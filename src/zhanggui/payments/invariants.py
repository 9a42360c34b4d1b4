"""What payments promise; each function returns the rows that break it."""

from typing import Any

from zhanggui.rows.reading import offending_rows


def payment_differs_from_parts() -> list[dict[str, Any]]:
    """The parts of a payment add up to it."""
    return offending_rows(
        "select p.payment_no, p.amount_minor, coalesce(sum(t.amount_minor), 0)::bigint as parts_minor"
        " from payments_payment p left join payments_part t on t.payment_id = p.id"
        " group by p.id having p.amount_minor <> coalesce(sum(t.amount_minor), 0)"
    )


def charge_differs_from_parts() -> list[dict[str, Any]]:
    """The parts of a charge that pays for orders add up to it; of surplus there are none."""
    return offending_rows(
        "select c.id as charge, c.amount_minor, coalesce(sum(t.amount_minor), 0)::bigint as parts_minor"
        " from payments_charge c left join payments_charge_part t on t.charge_id = c.id"
        " group by c.id having coalesce(sum(t.amount_minor), 0)"
        " <> case when c.use = 'accepted' then c.amount_minor else 0 end"
    )


def paid_without_its_charge() -> list[dict[str, Any]]:
    """A payment is paid exactly when one charge of its amount was accepted for it."""
    return offending_rows(
        "select p.payment_no, p.state, c.amount_minor as charged_minor from payments_payment p"
        " left join payments_charge c on c.payment_id = p.id and c.use = 'accepted'"
        " where (p.state = 'paid') <> (c.id is not null)"
        " or (c.id is not null and c.amount_minor <> p.amount_minor)"
    )


def refunds_differ_from_charge() -> list[dict[str, Any]]:
    """What a charge and its parts say was asked back is the sum of their refunds that did not fail."""
    return offending_rows(
        "select c.id as charge, 0 as part, c.refunded_minor, coalesce(sum(r.amount_minor), 0)::bigint as refunds"
        " from payments_charge c left join payments_refund r on r.charge_id = c.id and r.state <> 'failed'"
        " group by c.id having c.refunded_minor <> coalesce(sum(r.amount_minor), 0)"
        " union all"
        " select t.charge_id, t.id, t.refunded_minor, coalesce(sum(r.amount_minor), 0)::bigint"
        " from payments_charge_part t left join payments_refund r on r.part_id = t.id and r.state <> 'failed'"
        " group by t.id having t.refunded_minor <> coalesce(sum(r.amount_minor), 0)"
    )


def repairs_contradict_refund() -> list[dict[str, Any]]:
    """A repair waits only while its refund is abnormal; money that came back to us leaves no refund succeeded but by
    evidence that people brought it to the buyer; and who proposed a repair did not approve it."""
    return offending_rows(
        "select r.refund_no, r.state, p.id as repair, p.state as repair_state"
        " from payments_refund_repair p join payments_refund r on r.id = p.refund_id"
        " where (p.state in ('proposed', 'approved') and r.state <> 'abnormal')"
        " or (p.state = 'taken' and p.\"to\" = 'ours' and r.state = 'succeeded'"
        "  and r.said not like 'paid otherwise:%')"
        " or (p.state in ('approved', 'taken', 'refused') and not exists (select from approvals_approval a"
        "  where a.id = p.approval_id and a.state = 'approved' and a.maker = p.made_by))"
    )
