"""A contract with a party was signed; its paper is kept."""

from datetime import datetime

from django.db import transaction

from zhanggui.parties.models import Party
from zhanggui.settlement.entities.models import Contract
from zhanggui.settlement.entities.operations.keep_contract import Signed, keep_contract


@transaction.atomic
def contract_kept(*, party: Party, signed: Signed, at: datetime, actor: str) -> Contract:
    """This function will keep a contract. Raises ContractRefused, ContractExists, and what `files` refuses."""
    return keep_contract(party=party, signed=signed, at=at, actor=actor)
