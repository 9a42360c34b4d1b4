"""Where a parcel may go from where it is. Whoever moves it writes who and when."""

from zhanggui.trade.fulfilment.models import ParcelState

STEPS: dict[ParcelState, frozenset[ParcelState]] = {
    ParcelState.SENT: frozenset({ParcelState.DELIVERED, ParcelState.LOST, ParcelState.BACK}),
    ParcelState.LOST: frozenset({ParcelState.DELIVERED, ParcelState.BACK}),  # it may turn up
    ParcelState.DELIVERED: frozenset(),
    ParcelState.BACK: frozenset(),
}
COUNTS = tuple(state.value for state in ParcelState if state != ParcelState.BACK)
"""Parcels whose units are shipped: what came back has to be sent again."""
EARNED = (ParcelState.SENT.value, ParcelState.DELIVERED.value)
"""Parcels whose freight the carrier earns: not what it lost, nor what was taken back."""
