"""Pictures are served as what they are, for good, and nothing else is."""

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.trade.market import png
from zhanggui.portals.desk.pictures import kept_picture, picture_url


def test_a_picture_is_served_for_good(db: None, client: Client, settings, tmp_path) -> None:  # type: ignore[no-untyped-def]
    settings.MEDIA_ROOT = tmp_path
    digest = kept_picture(SimpleUploadedFile("a.png", png(400, 300)), owner_id=0)
    url = picture_url(digest, 300)
    assert url == f"/pictures/{digest}-320.webp"
    response = client.get(url)
    assert (response.status_code, response["Content-Type"]) == (200, "image/webp")
    assert response["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert b"".join(response.streaming_content)[8:12] == b"WEBP"  # type: ignore[attr-defined]
    assert client.get(url, headers={"If-None-Match": response["ETag"]}).status_code == 304
    for other in (
        f"/pictures/{digest}-81.webp",
        f"/pictures/{'0' * 64}-80.webp",
        "/pictures/../settings-80.webp",
    ):
        assert client.get(other).status_code == 404
