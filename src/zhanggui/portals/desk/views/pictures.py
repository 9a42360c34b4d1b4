"""A picture by its digest: what is under an address never changes, so browsers keep it for good."""

from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase, HttpResponseNotModified
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from zhanggui.portals.desk.pictures import picture_folder
from zhanggui.trade.catalogue.operations.keep_picture import picture_path
from zhanggui.trade.catalogue.rules.pictures import WIDTHS

FOR_GOOD = "public, max-age=31536000, immutable"


@require_safe
def picture(request: HttpRequest, digest: str, width: int) -> HttpResponseBase:
    """The file, as WebP and nothing else."""
    tag = f'"{digest[:32]}-{width}"'
    path = picture_path(picture_folder(), digest, width)
    if width not in WIDTHS or not path.is_file():
        raise Http404(_("There is no such picture."))
    if request.headers.get("If-None-Match") == tag:
        response: HttpResponseBase = HttpResponseNotModified()
    else:
        response = FileResponse(path.open("rb"), content_type="image/webp")
    response.headers["Cache-Control"] = FOR_GOOD
    response.headers["ETag"] = tag
    return response
