"""What holds where domains meet; each function returns the rows that break it."""

from typing import Any

from zhanggui.rows.reading import offending_rows


def freight_differs_from_charges() -> list[dict[str, Any]]:
    """What is told of the freight of a parcel, or of goods on their way back, is what its charges say: to the
    carrier, and from whoever owes it; as many as it was told, under its number."""
    return offending_rows(
        "select t.number, t.told_minor, t.tellings, count(c.amount_minor) filter (where c.party_code = t.carrier)"
        "  as charges, coalesce(sum(c.amount_minor) filter (where c.party_code = t.carrier), 0)::bigint as earned,"
        "  coalesce(-sum(c.amount_minor) filter (where c.party_id = t.owes), 0)::bigint as owed"
        " from (select p.parcel_no as number, p.carrier, f.shipper_id as owes, f.told_minor, f.tellings"
        "  from trade_parcel_freight f join trade_parcel p on p.id = f.parcel_id union all"
        "  select r.case_no, f.carrier, case f.bearer when 'merchant' then f.merchant_id else 0 end, f.told_minor,"
        "   f.tellings from trade_return_freight f join trade_return_case r on r.id = f.case_id) t"
        " left join (select substring(c.charge_no from '^freight-(.+)-[0-9]+$') as number, c.party_code, c.party_id,"
        "   c.amount_minor from settlement_charge c join settlement_charge_batch b on b.id = c.batch_id"
        "   where b.actor = 'mall' and b.key like 'freight %' and c.state = 'accepted') c on c.number = t.number"
        " group by t.number, t.carrier, t.owes, t.told_minor, t.tellings"
        " having count(c.amount_minor) filter (where c.party_code = t.carrier) <> t.tellings"
        "  or coalesce(sum(c.amount_minor) filter (where c.party_code = t.carrier), 0) <> t.told_minor"
        "  or coalesce(sum(c.amount_minor) filter (where c.party_code <> t.carrier), 0)"
        "   <> case t.owes when 0 then 0 else -t.told_minor end"
    )
