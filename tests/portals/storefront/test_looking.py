"""Looking around without scripts: home, categories, search, goods, shops, topics, help, errors."""

import gzip
import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from PIL import Image

from zhanggui.parties.models import Party
from zhanggui.trade.catalogue.models import Shop, Spu
from zhanggui.trade.parameters.errors import ParameterRefused
from zhanggui.trade.parameters.operations.set_parameter import set_parameter

FIRST_LOAD_MOST = 50 * 1024


def page(client: Any, path: str, status: int = 200, **more: Any) -> str:
    response = client.get(path, **more)
    assert response.status_code == status, (path, response.status_code)
    body = response.content
    return (gzip.decompress(body) if response.get("Content-Encoding") == "gzip" else body).decode()


def test_the_first_load_of_the_home_page_stays_small(client: Any, fair: Any) -> None:
    response = client.get("/", headers={"Accept-Encoding": "gzip"})
    assert response["Content-Encoding"] == "gzip"
    text = gzip.decompress(response.content).decode()
    files = re.findall(r'(?:href|src)="/static/([^"]+\.(?:css|js|svg))"', text)
    assert {Path(name).suffix for name in files} == {".css", ".js", ".svg"}
    sent = len(response.content) + sum(
        len(gzip.compress(Path(finders.find(name)).read_bytes())) for name in files
    )
    assert sent < FIRST_LOAD_MOST, sent
    assert sent < FIRST_LOAD_MOST // 2, "half of what is allowed; who needs more says so here"


def test_pictures_are_lazy_webp_with_a_size(client: Any, fair: Any) -> None:
    text = page(client, "/")
    pictures = re.findall(r"<img [^>]+>", text)
    assert pictures
    for picture in pictures:
        assert 'loading="lazy"' in picture and re.search(r'width="\d+" height="\d+"', picture), picture
    source = re.search(r'src="(/pictures/[^"]+)"', text)[1]
    answer = client.get(source)
    assert answer["Content-Type"] == "image/webp" and "immutable" in answer["Cache-Control"]
    assert b"".join(answer.streaming_content)[8:12] == b"WEBP"
    assert client.get(source.replace("-320.", "-321.")).status_code == 404


def test_everybody_is_let_in_at_the_front_and_staff_have_a_door(client: Any, fair: Any) -> None:
    text = page(client, "/")
    for word in ("掌柜商城", "初冬好物节", "明前龙井 2026 新茶", "食品茶饮", "¥"):
        assert word in text
    assert client.get("/desk/")["Location"].startswith("/login/")


def test_the_other_language_is_complete(client: Any, fair: Any) -> None:
    client.cookies["django_language"] = "en"
    for path in ("/", "/categories/", "/categories/clothes/", "/search/?q=tea", "/goods/G000005/", "/shops/tea/",
                 "/topics/winter/", "/coupons/", "/help/", "/help/after-sale/", "/support/", "/cart/", "/me/"):  # fmt: skip
        left = re.sub(r"<button[^>]*lang=\"zh-hans\".*?</button>", "", page(client, path)).replace(
            ">掌<", "><"
        )
        assert not re.search(r"[一-鿿]", left), (path, re.search(r".{60}[一-鿿].{60}", left))


def test_nothing_english_is_left_on_a_chinese_page(client: Any, fair: Any) -> None:
    known = {"English", "CNY", "G", "M", "L", "XL", "EF", "ml", "g"}
    for path in (
        "/",
        "/categories/clothes/",
        "/goods/G000005/",
        "/shops/tea/",
        "/coupons/",
        "/help/payment/",
        "/support/",
        "/cart/",
        "/me/",
    ):
        text = re.sub(
            r"<(script|style|title|head)\b.*?</\1>|<[^>]+>", " ", page(client, path), flags=re.DOTALL
        )
        words = set(re.findall(r"[A-Za-z]{2,}", text)) - known
        assert not words, (path, words)


class TestListings:
    def test_a_category_of_either_level_lists_its_goods(self, client: Any, fair: Any) -> None:
        assert page(client, "/categories/clothes/").count('class="card"') == 4
        assert page(client, "/categories/shirts/").count('class="card"') == 2
        page(client, "/categories/nowhere/", 404)

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("a.material=linen", ["G000006"]),
            ("brand=thread&from=100", ["G000005", "G000006"]),
            ("from=40&to=60", ["G000007"]),
            ("from=abc&to=", ["G000005", "G000006", "G000007", "G000008"]),
        ],
    )
    def test_filters_narrow(self, client: Any, fair: Any, query: str, found: list[str]) -> None:
        path = "/categories/shirts/" if "material" in query else "/categories/clothes/"
        text = page(client, f"{path}?{query}")
        assert sorted(set(re.findall(r'href="/goods/(G\d+)/"', text))) == found

    def test_sorting_by_price(self, client: Any, fair: Any) -> None:
        text = page(client, "/categories/clothes/?sort=price")
        assert re.findall(r'href="/goods/(G\d+)/"', text) == ["G000008", "G000007", "G000006", "G000005"]

    def test_a_search_that_finds_nothing_says_what_to_do(self, client: Any, fair: Any) -> None:
        assert "没有符合条件的商品" in page(client, "/search/", data={"q": "不存在的东西"})
        assert "全部分类" in page(client, "/search/?q=%00")

    def test_what_is_typed_is_shown_as_text(self, client: Any, fair: Any) -> None:
        text = page(client, "/search/", data={"q": "<script>alert(1)</script>"})
        assert "<script>alert" not in text and "&lt;script&gt;" in text


def test_support_leads_to_people_where_the_mall_has_some(client: Any, fair: Any) -> None:
    without = page(client, "/support/")  # one can always write; the rest is the mall's to say
    assert "给客服留言" in without and "tel:" not in without
    link = "https://kf.example/chat?id=1&x=2"
    for code, value in (("support_phone", "400-1"), ("support_hours", "9:00–21:00"), ("support_link", link)):
        set_parameter(code=code, value=value, at=fair.at, actor="tests")
    text = page(client, "/support/")
    assert "联系人工客服" in text and 'href="tel:400-1"' in text and "9:00–21:00" in text
    assert 'href="https://kf.example/chat?id=1&amp;x=2"' in text
    for refused in ("javascript:alert(1)", "http://kf.example/", "https://kf.example/ x"):
        with pytest.raises(ParameterRefused):
            set_parameter(code="support_link", value=refused, at=fair.at, actor="tests")
    set_parameter(code="support_link", value="", at=fair.at, actor="tests")
    assert "kf.example" not in page(client, "/support/")


class TestAGood:
    def test_it_says_everything_before_one_buys(self, client: Any, fair: Any) -> None:
        text = page(client, "/goods/G000005/")
        for word in (
            "199",
            "¥259.00",
            "满 ¥200 减 ¥20",
            "¥8 起",
            "雾蓝",
            "棉与线",
            "仅剩 6 件",
            "加入购物车",
        ):
            assert word in text, word

    @pytest.mark.breaks_invariants
    def test_what_a_supplier_sends_says_from_where(self, client: Any, fair: Any) -> None:
        assert "直发" not in page(client, "/goods/G000005/")
        farm = Party.objects.create(kind="supplier", code="farm", name={"zh": "武夷茶园"})
        Spu.objects.filter(id=fair.goods[4].id).update(supplier_id=farm.id, source=fair.goods[3])
        text = page(client, "/goods/G000005/")
        assert "由武夷茶园直发" in text and fair.goods[3].number in text

    def test_every_value_is_a_link_to_its_sku(self, client: Any, fair: Any) -> None:
        white = fair.sku(4, 3)
        text = page(client, "/goods/G000005/")
        assert f'href="?sku={white.id}#buy"' in text
        text = page(client, f"/goods/G000005/?sku={white.id}")
        assert f'name="sku" value="{white.id}"' in text and "229" in text

    def test_what_is_sold_out_cannot_be_put_into_the_cart(self, client: Any, fair: Any) -> None:
        text = page(client, f"/goods/G000005/?sku={fair.sku(4, 5).id}")
        assert "已售罄" in text and 'value="buy"' not in text

    def test_a_title_with_a_script_is_text(self, client: Any, fair: Any) -> None:
        Spu.objects.filter(number="G000001").update(title={"zh": "<script>alert(1)</script>茶"})
        text = page(client, "/goods/G000001/")
        assert "<script>alert" not in text and "&lt;script&gt;alert(1)" in text

    def test_what_is_not_on_sale_is_not_there(self, client: Any, fair: Any) -> None:
        Shop.objects.filter(code="tea").update(state="closed")
        text = page(client, "/goods/G000001/", 404)
        assert "页面不存在" in text and "回到首页" in text
        assert "店铺暂停营业" in page(client, "/shops/tea/")
        Shop.objects.filter(code="tea").update(state="suspended")
        page(client, "/shops/tea/", 404)


def test_back_offices_keep_their_own_errors(client: Any, fair: Any) -> None:
    assert "store.css" not in page(client, "/platform/nothing/", 404)
    assert "store.css" in page(client, "/nothing/", 404)


@pytest.mark.django_db
@pytest.mark.parametrize(("language", "name"), [("zh-hans", "掌柜商城"), ("en", "Zhanggui Mall")])
def test_the_mall_can_be_put_on_a_phone(client: Any, language: str, name: str) -> None:
    client.cookies["django_language"] = language
    text = page(client, "/")
    [address] = re.findall(r'<link rel="manifest" href="([^"]+)">', text)
    answer = client.get(address)
    said = json.loads(answer.content)
    assert (answer["Content-Type"], said["name"], said["display"]) == (
        "application/manifest+json",
        name,
        "standalone",
    )
    page(client, said["start_url"])
    for icon in said["icons"]:
        with Image.open(str(finders.find(icon["src"].removeprefix("/static/")))) as drawn:
            assert "x".join(map(str, drawn.size)) == icon["sizes"]
    assert client.get("/manifest-fr.webmanifest").status_code == 404
