"""Goods by file: good rows are in, bad ones named; a trial keeps nothing; archives that are traps are refused."""

import io
import zipfile
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tests.portals.goods.test_shop_goods import entered, url
from tests.trade.market import goods, merchant, only_sku, open_types, png, state_of, there
from zhanggui.clockwork.take_in_goods import goods_taking, take_in_goods
from zhanggui.journeys.goods_file_uploaded import GivenFile, goods_file_uploaded
from zhanggui.parties.models import Party
from zhanggui.trade.catalogue.goods_file import read_goods_file
from zhanggui.trade.catalogue.models import GoodsUpload, Picture, Sku, Spu

HEAD = "商品编号,中文标题,英文标题,类目,属性,图片,规格,售价,划线价,库存,SKU编码\n"
FILE = (
    HEAD
    + ",红衬衫,Red shirt,衬衫,材质：丝,front.png;back.jpg,颜色：红色；尺码：L,99.00,129.00,7,\n"
    + ",,,,,,颜色：蓝色；尺码：L,89.00,,3,\n"
    + ",<script>alert(1)</script>,,tea,,,,10.00,,,\n"
    + ",无价,,tea,,,,,,,\n"
    + ",错类,,没有的类目,,,,1.00,,,\n"
    + ",错图,,tea,,virus.png,,1.00,,,\n"
    + ",缺图,,tea,,nowhere.png,,1.00,,,\n"
    + ",错价,,tea,,,,十元,,,\n"
)


@pytest.fixture(autouse=True)
def own_folder(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.ZHANGGUI_HOME = tmp_path


@pytest.fixture
def shop(db: None) -> Party:
    open_types()
    return merchant("m1")


def archive(**files: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files.items():
            packed.writestr(name, content)
    return target.getvalue()


PICTURES = archive(
    **{
        "photos/front.png": png(),
        "photos/back.jpg": png(colour="blue"),
        "virus.png": b"MZ",
        "unused.exe": b"MZ",
    }
)


def send(
    client: Client, text: str = FILE, *, packed: bytes | None = PICTURES, name: str = "goods.csv", **more: str
) -> Any:
    files = {"file": SimpleUploadedFile(name, text.encode())}
    if packed is not None:
        files["archive"] = SimpleUploadedFile("pictures.zip", packed)
    return client.post(url("goods_upload"), files | {"act": "load"} | more)


class TestTakingIn:
    def test_takes_good_rows_and_names_bad_ones(self, shop: Party) -> None:
        client = entered(shop)
        response = send(client)
        upload = GoodsUpload.objects.get()
        assert (upload.state, upload.created, upload.rejected, upload.problem) == ("done", 2, 5, "")
        assert [(one["row"], one["code"]) for one in upload.outcomes if one["done"] == "rejected"] == [
            (5, "price_refused"), (6, "unknown_goods"), (7, "picture_refused"), (8, "unknown_goods"), (9, "not_a_number"),
        ]  # fmt: skip
        spu = Spu.objects.get(title__en="Red shirt")
        assert (spu.attributes, spu.pictures.count(), spu.state) == ({"material": "silk"}, 2, "draft")
        assert {(sku.specs["colour"], sku.prices.get().price_minor, there(sku)[0]) for sku in spu.skus.all()} == {
            ("red", 9900, 7), ("blue", 8900, 3),
        }  # fmt: skip
        page = client.get(response["Location"]).content.decode()
        assert "&lt;script&gt;" in page and "<script>alert" not in page and "virus.png" in page

    def test_tried_keeps_nothing(self, shop: Party, settings: Any) -> None:
        send(entered(shop), act="try")
        upload = GoodsUpload.objects.get()
        assert (upload.dry, upload.created, upload.rejected) == (True, 2, 5)
        assert not Spu.objects.exists() and not Picture.objects.exists()
        assert not list(settings.MEDIA_ROOT.rglob("*.webp"))

    def test_changes_what_is_there_and_leaves_empty_cells(self, shop: Party) -> None:
        spu = goods(
            shop, "Shirt", category="shirts", skus={"colour=red": "9.00", "colour=blue": "9.00"}, units=2
        )
        red = Sku.objects.get(spu=spu, specs__colour="red")
        text = f"number,sku,price,stock\n{spu.number},{red.code},12.50,5\nG99999999,,1.00,\n"
        send(entered(shop), text, packed=None)
        upload = GoodsUpload.objects.get()
        assert (upload.changed, upload.rejected, state_of(spu)) == (1, 1, "listed")
        assert (red.prices.get().price_minor, there(red)[0]) == (1250, 5)
        assert spu.skus.filter(active=True).count() == 2

    def test_submits_when_asked(self, shop: Party) -> None:
        send(entered(shop), "title_zh,category,price\n绿茶,tea,10\n", packed=None, submit="1")
        assert Spu.objects.get().state == "submitted"

    def test_of_anothers_good_is_rejected(self, shop: Party) -> None:
        spu = goods(merchant("m2"), "Cup", category="tea")
        send(entered(shop), f"number,price\n{spu.number},1.00\n", packed=None)
        assert GoodsUpload.objects.get().rejected == 1
        assert only_sku(spu).prices.get().price_minor == 1000


class TestTraps:
    @pytest.mark.parametrize(
        ("packed", "code"),
        [
            (archive(**{"../../etc/front.png": png()}), "goods_file_refused"),
            (archive(**{"/front.png": png()}), "goods_file_refused"),
            (archive(**{"a/front.png": png(), "b/front.png": png()}), "goods_file_refused"),
        ],
    )
    def test_of_paths_fail_as_a_whole(self, shop: Party, packed: bytes, code: str) -> None:
        client = entered(shop)
        page = client.get(send(client, packed=packed)["Location"]).content.decode()
        upload = GoodsUpload.objects.get()
        assert (
            (upload.state, upload.problem_code) == ("failed", code) and "pack" in page
        ) or "name of its own" in page
        assert not Spu.objects.exists()

    def test_bombs_and_files_of_other_kinds_are_refused_at_once(self, shop: Party) -> None:
        client = entered(shop)
        bomb = archive(**{"front.png": bytes(60_000_000)})
        for changed in (
            {"packed": bomb},
            {"packed": b"no archive"},
            {"name": "goods.exe"},
            {"text": ""},
            {"name": "goods.xlsx"},
        ):
            assert send(client, **changed).status_code == 422
        assert not GoodsUpload.objects.exists()

    def test_a_file_without_columns_says_so(self, shop: Party) -> None:
        client = entered(shop)
        page = client.get(send(client, "a,b\n1,2\n", packed=None)["Location"]).content.decode()
        assert "download the template" in page


class TestLargeFiles:
    def test_wait_for_the_job(self, shop: Party) -> None:
        queued: list[int] = []
        upload = goods_file_uploaded(
            owner_id=shop.id, table=GivenFile("goods.csv", FILE.encode()), archive=None, dry=False, submit=False, actor="x",
            taking=goods_taking(), enqueue=lambda row: queued.append(row.id), at_once=10,
        )  # fmt: skip
        assert (upload.state, queued) == ("queued", [upload.id])
        assert take_in_goods(upload.id).created == 1
        assert take_in_goods(upload.id).created == 1
        assert Spu.objects.count() == 1


class TestTemplate:
    def test_can_be_filled_in_in_both_languages(self, shop: Party) -> None:
        client = entered(shop)
        for language in ("en", "zh-hans"):
            client.cookies["django_language"] = language
            content = client.get(reverse("merchant:goods_template")).content
            [good] = read_goods_file(content, name="goods.xlsx")
            assert (good.title, good.text("price"), good.text("stock")) == ("明前龙井", "128.00", "50")
        assert (
            client.get(url("goods_upload")).status_code == client.get(url("goods_uploads")).status_code == 200
        )
