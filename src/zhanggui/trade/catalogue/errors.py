"""What the catalogue refuses, in order of precedence."""

from zhanggui.money.errors import Refusal


class CatalogueError(Refusal):
    """Root of the refusals of this package."""

    code = "catalogue_error"


class UnknownGoods(CatalogueError):
    """No good, SKU, shop, category, type, brand, warehouse or picture has this number or code."""

    code = "unknown_goods"
    http_status = 404


class WordsRefused(CatalogueError):
    """A title, name or description is missing, too long, or holds what cannot be shown."""

    code = "words_refused"


class CodeRefused(CatalogueError):
    """A code has characters that no code has, or somebody else has it."""

    code = "code_refused"


class TypeIncomplete(CatalogueError):
    """A product type, category or brand does not fit together."""

    code = "type_incomplete"


class StillUsed(CatalogueError):
    """Goods stand on what should go."""

    code = "still_used"
    http_status = 409


class ShopIncomplete(CatalogueError):
    """The shop lacks something, or its party cannot have one."""

    code = "shop_incomplete"


class GoodsIncomplete(CatalogueError):
    """The good lacks something that its type asks for, or says something its type does not know."""

    code = "goods_incomplete"


class PriceRefused(CatalogueError):
    """A price is missing, not positive, or below what it may be."""

    code = "price_refused"


class PictureRefused(CatalogueError):
    """The file is no picture that can be shown: not JPEG, PNG or WebP, broken, or larger than is drawn here."""

    code = "picture_refused"


class GoodsFileRefused(CatalogueError):
    """The file of goods or its archive of pictures cannot be taken as a whole."""

    code = "goods_file_refused"


class StepNotAllowed(CatalogueError):
    """The good is in a state that does not allow the act."""

    code = "step_not_allowed"
    http_status = 409


class NotForListing(CatalogueError):
    """The good is no supply good that can be listed."""

    code = "not_for_listing"
    http_status = 409


class QuantityRefused(CatalogueError):
    """A quantity is no whole number in the bounds, or what is kept elsewhere cannot be moved here."""

    code = "quantity_refused"


class MovementDiffers(CatalogueError):
    """The same document moved another quantity of the same stock before."""

    code = "movement_differs"
    http_status = 409


class OutOfStock(CatalogueError):
    """Less is left than is wanted. `details["short"]` names each SKU: code, wanted, left."""

    code = "out_of_stock"
    http_status = 409


class NotReserved(CatalogueError):
    """More should leave or be released than is reserved."""

    code = "not_reserved"
    http_status = 409
