"""Set a parameter of the mall."""

from datetime import datetime

from zhanggui.audit.operations.record_change import record_change
from zhanggui.trade.parameters.errors import ParameterRefused
from zhanggui.trade.parameters.models import Parameter
from zhanggui.trade.parameters.rules import KNOWN, fault_of


def set_parameter(*, code: str, value: int | str, at: datetime, actor: str) -> None:
    """This function will set a parameter from now on, in the caller's transaction; what was promised before (a
    time to pay, a day of receipt) stays. Raises ParameterRefused."""
    if fault := fault_of(code, value):
        raise ParameterRefused(fault, parameter=code)
    row = Parameter.objects.select_for_update().filter(code=code).first()
    before = row.value if row else KNOWN[code].usual
    if before == value:
        return
    Parameter.objects.update_or_create(
        code=code, defaults={"value": value, "changed_at": at, "changed_by": actor}
    )
    record_change(
        at=at, actor=actor, action="parameter.set", object_kind="mall_parameter", object_id=code, before=before,
        after=value,
    )  # fmt: skip
