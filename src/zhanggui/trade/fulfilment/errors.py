"""What fulfilment refuses, in order of precedence."""

from zhanggui.money.errors import Refusal


class FulfilmentError(Refusal):
    """Root of the refusals of this package."""

    code = "fulfilment_refused"


class UnknownParcel(FulfilmentError):
    """There is no such parcel, or it is somebody else's."""

    code = "unknown_parcel"
    http_status = 404


class UnknownOrderLine(FulfilmentError):
    """A line that is not the shipper's own, or that there is none of."""

    code = "unknown_order_line"
    http_status = 404


class ParcelIncomplete(FulfilmentError):
    """A parcel without a carrier, a tracking number or something in it."""

    code = "parcel_incomplete"


class ShippedByAnother(FulfilmentError):
    """The order is shipped by its supplier, not by the merchant who sold it."""

    code = "shipped_by_another"
    http_status = 409


class UnknownCarrier(FulfilmentError):
    """The carrier is none of the mall's."""

    code = "unknown_carrier"


class TrackingNumberTaken(FulfilmentError):
    """The carrier's number is on another parcel already."""

    code = "tracking_number_taken"
    http_status = 409


class OrderOnHold(FulfilmentError):
    """The order is on hold: nothing of it leaves until it is released."""

    code = "order_on_hold"
    http_status = 409


class OrderNotToShip(FulfilmentError):
    """The order is not paid, is shipped already, or is cancelled."""

    code = "order_not_to_ship"
    http_status = 409


class NotSentByParcel(FulfilmentError):
    """Digital goods and goods fetched at the shop travel in no parcel."""

    code = "not_sent_by_parcel"


class NotShippedTogether(FulfilmentError):
    """Orders of different buyers, or to different addresses, in one parcel."""

    code = "not_shipped_together"


class MoreThanOrdered(FulfilmentError):
    """More units than are left to ship."""

    code = "more_than_ordered"
    http_status = 409


class ParcelEnded(FulfilmentError):
    """The parcel has arrived or is back already."""

    code = "parcel_ended"
    http_status = 409


class ReceiptNotPossible(FulfilmentError):
    """The order is not on its way, so it is neither received nor put off."""

    code = "receipt_not_possible"
    http_status = 409


class PutOffBefore(FulfilmentError):
    """Receipt was put off once; that is all there is."""

    code = "receipt_put_off_before"
    http_status = 409


class WrongPickupCode(FulfilmentError):
    """No order waits at this shop under this code."""

    code = "wrong_pickup_code"
    http_status = 404


class TooFewDigitalItems(FulfilmentError):
    """There are fewer codes than were sold."""

    code = "too_few_digital_items"
    http_status = 409


class DigitalItemRefused(FulfilmentError):
    """Codes that are empty, too long, repeated, or of goods that are not digital."""

    code = "digital_item_refused"


class TransferRefused(FulfilmentError):
    """The order cannot be given to that warehouse or shipper."""

    code = "transfer_refused"
    http_status = 409


class ShippingFileRefused(FulfilmentError):
    """The file of parcels cannot be read as one."""

    code = "shipping_file_refused"
