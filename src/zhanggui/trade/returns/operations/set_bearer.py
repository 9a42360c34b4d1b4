"""The platform decides who pays the way back."""

from zhanggui.trade.returns.errors import BearerSettled
from zhanggui.trade.returns.models import ReturnCase, ReturnState


def set_bearer(*, case: ReturnCase, bearer: str) -> None:
    """This function will have `bearer` (buyer, merchant or platform) pay the way back of a case, locked by the
    caller. Once the goods are on their way it stays as the buyer was told. Raises BearerSettled."""
    if bearer == case.freight_bearer:
        return
    if case.steps.filter(kind=ReturnState.GOODS_SENT).exists():
        raise BearerSettled(
            f"the goods of case {case.case_no} were sent back already; their way stays paid by the"
            f" {case.freight_bearer}",
            case_no=case.case_no, bearer=case.freight_bearer,
        )  # fmt: skip
    case.freight_bearer = bearer
    case.save(update_fields=["freight_bearer"])
