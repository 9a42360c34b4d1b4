"""Goods over the API and by command: begun, priced, reviewed, listed from supply, taken in by file; never another's."""

import uuid
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from tests.portals.api.calling import Api
from tests.portals.shell.running import run_command
from tests.trade.market import goods, merchant, only_sku, open_types, png, supplier
from zhanggui.parties.models import Membership, Party, PartyKind, Role, User
from zhanggui.parties.operations.issue_key import issue_key
from zhanggui.portals.shell.commands import digital_codes
from zhanggui.portals.shell.commands import goods as goods_command
from zhanggui.portals.shell.errors import BadArguments
from zhanggui.trade.catalogue.models import Spu

pytestmark = pytest.mark.django_db
FILE = "title_en,category,price,stock\nGreen tea,tea,12.00,5\nNo price,tea,,\n"
TEA = {
    "category": "tea", "title": {"zh": "龙井", "en": "Longjing"}, "brand": "crane",
    "skus": [{"code": "LJ-1", "prices": [{"currency": "CNY", "price_minor": 12800}]}],
}  # fmt: skip


@pytest.fixture(autouse=True)
def own_folder(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT, settings.ZHANGGUI_HOME = tmp_path / "media", tmp_path


def key(party: Party, role: Role) -> Api:
    user = User.objects.create_user(f"{party.code}-{role}")
    Membership.objects.create(user=user, party=party, role=role)
    return Api(issue_key(user=user, party=party, role=role, label="tests", at=timezone.now())[1])


def test_a_good_from_draft_to_ban_and_supply_and_files(tmp_path: Path) -> None:
    open_types()
    tea, books, farm = merchant("tea"), merchant("books"), supplier("farm")
    platform = Party.objects.create(code="platform", kind=PartyKind.PLATFORM, name={"en": "Mall"})
    owner, other = key(tea, Role.MERCHANT_STAFF), key(books, Role.MERCHANT_OWNER)
    staff, grower = key(platform, Role.PLATFORM_OPERATIONS), key(farm, Role.SUPPLIER_OWNER)

    # Begun by its owner alone, and not there for anybody else
    drafted = owner.post("/goods", TEA, 201, key="draft-1")
    assert owner.post("/goods", TEA, 201, key="draft-1") == drafted and Spu.objects.count() == 1
    address = f"/goods/{drafted['number']}"
    assert (drafted["owner"], drafted["state"], drafted["prices_from"]) == ("tea", "draft", {"CNY": 12800})
    other.get(address, 404)
    for path, body in (
        (f"{address}/steps", {"step": "submit"}), (f"{address}/changes", TEA),
        ("/sku-prices", {"prices": [{"sku": "LJ-1", "currency": "CNY", "price_minor": 1}]}),
        ("/stock-entries", {"kind": "received", "sku": "LJ-1", "warehouse": "main", "quantity": 1, "reference": "x"}),
    ):  # fmt: skip
        assert other.post(path, body, 404)["error"]["code"] == "unknown_goods", path
        assert staff.post(path, body, 403)["error"]["code"] == "not_allowed", path
    assert owner.post("/goods", TEA | {"category": "nowhere"}, 404)["error"]["code"] == "unknown_goods"
    assert owner.post("/goods", TEA | {"freight_template": "x"}, 404)["error"]["code"] == "unknown_goods"

    # Priced and stocked at once, sold after review
    entry = {"kind": "received", "sku": "LJ-1", "warehouse": "main", "quantity": 7, "reference": "R-7"}
    assert owner.post("/stock-entries", entry, 201) == {"sku": "LJ-1", "left": 7, "new": True}
    assert owner.post("/stock-entries", entry, 201)["new"] is False
    price = {"prices": [{"sku": "LJ-1", "currency": "CNY", "price_minor": 9900}]}
    assert owner.post("/sku-prices", price) == {"changed": 1}
    owner.post(f"{address}/steps", {"step": "submit"})
    owner.post(f"{address}/review", {"decision": "accept"}, 403)
    assert [one["number"] for one in staff.get("/goods", state="submitted")["items"]] == [drafted["number"]]
    assert staff.post(f"{address}/review", {"decision": "refuse"}, 422)["error"]["code"] == "goods_incomplete"
    assert staff.post(f"{address}/review", {"decision": "accept"})["state"] == "listed"
    listed = owner.get(address)
    assert (listed["skus"][0]["left"], listed["skus"][0]["prices"][0]["price_minor"]) == (7, 9900)
    assert owner.post(f"{address}/changes", TEA | {"title": {"en": "Dragon Well"}})["state"] == "submitted"
    as_staff = ("--as", "platform-platform_operations")
    number = drafted["number"]
    run_command(goods_command, "review", number, "accept", *as_staff)
    banned = run_command(goods_command, "review", number, "ban", "--reason", "假货", *as_staff)
    assert banned.document["state"] == "banned" and "假货" in banned.text
    assert owner.post(f"{address}/steps", {"step": "relist"}, 409)["error"]["code"] == "step_not_allowed"

    # Supply goods, listed with one call at the shop's own price
    source = goods(farm, "Oolong", price="30.00")
    assert grower.get("/goods")["items"][0]["supply"] is True
    [offered] = owner.get("/supply-goods")["items"]
    assert (offered["number"], offered["owner"], offered["prices_from"]) == (
        source.number,
        "farm",
        {"CNY": 3000},
    )
    owner.get(f"/goods/{source.number}", 404)
    sku = source.skus.get().code
    asked = {"prices": [{"sku": sku, "currency": "CNY", "price_minor": 5000}]}
    own = owner.post(f"/supply-goods/{source.number}/listing", asked, 201)
    assert (own["source"], own["prices_from"], own["skus"][0]["left"]) == (source.number, {"CNY": 5000}, 10)
    grower.post(f"/supply-goods/{source.number}/listing", asked, 403)

    # By file: tried, taken in, its rows only the owner's
    def upload(who: Api, status: int = 201, **form: Any) -> Any:
        sent = {"file": SimpleUploadedFile("goods.csv", FILE.encode(), content_type="text/csv"), **form}
        headers = who.headers() | {"Idempotency-Key": "up-" + "-".join(form)}
        return who.read(who.client.post("/api/v1/goods-uploads", sent, headers=headers), status)

    tried = upload(owner)
    assert (tried["dry"], tried["created"], tried["rejected"]) == (True, 1, 1)
    taken = upload(owner, dry="false", submit="true")
    outcomes = owner.get(f"/goods-uploads/{taken['id']}")["outcomes"]
    assert [(one["row"], one["done"]) for one in outcomes] == [(2, "created"), (3, "rejected")]
    other.get(f"/goods-uploads/{taken['id']}", 404)
    assert other.get("/goods-uploads")["items"] == [] and len(staff.get("/goods-uploads")["items"]) == 2
    upload(owner, 422, wrong="1")
    upload(staff, 403)
    file = tmp_path / "goods.csv"
    file.write_text(FILE)
    who = ("--party", "tea", "--as", "tea-merchant_staff")
    loaded = run_command(goods_command, "upload", str(file), "--take-in", *who)
    assert (loaded.code, loaded.document["created"], "row 3: No price" in loaded.text) == (1, 1, True)
    with pytest.raises(BadArguments):
        run_command(goods_command, "upload", str(file), "--party", "books", "--as", "tea-merchant_staff")
    fresh = next(one["number"] for one in owner.get("/goods", state="draft")["items"])
    assert run_command(goods_command, "step", fresh, "submit", *who).document["state"] == "submitted"
    assert (
        len(run_command(goods_command, "list", "--party", "tea", "--state", "submitted").document["goods"])
        == 2
    )
    assert [one["code"] for one in owner.get("/catalogue")["product_types"]] == ["clothes", "food"]


def test_a_good_with_a_picture_and_codes_by_program(tmp_path: Path) -> None:
    open_types()
    tea, books, farm = merchant("tea"), merchant("books"), supplier("farm")
    owner, other = key(tea, Role.MERCHANT_STAFF), key(books, Role.MERCHANT_OWNER)
    key(farm, Role.SUPPLIER_OWNER)

    # A picture over the API, checked as on the screens
    def picture(content: bytes, status: int = 201, **more: Any) -> Any:
        headers = owner.headers() | {"Idempotency-Key": uuid.uuid4().hex}
        sent = {"file": SimpleUploadedFile("face.png", content)} | more
        return owner.read(owner.client.post("/api/v1/pictures", sent, headers=headers), status)

    kept = picture(png())
    assert kept == picture(png()) and kept["digest"] in kept["address"]
    assert picture(b"GIF89a", 422)["error"]["code"] == "picture_refused"
    assert picture(png(), 422, more="1")["error"]["code"] == "unknown_parameter"
    drafted = owner.post("/goods", TEA | {"pictures": [kept["digest"]]}, 201)
    assert drafted["pictures"] == [kept["digest"]]

    # Begun, priced and stocked by command
    (tmp_path / "face.png").write_bytes(png(colour="green"))
    by = ("--party", "tea", "--as", f"tea-{Role.MERCHANT_STAFF}")
    begun = run_command(
        goods_command, "draft", "--category", "shirts", "--zh", "衬衫", "--sku", "S-L", "size=L", "--sku", "S-M",
        "size=M", "--price", "S-L=128.00", "--price", "S-M=98", "--picture", str(tmp_path / "face.png"), *by,
    ).document  # fmt: skip
    assert (begun["state"], begun["prices_from"], len(begun["pictures"])) == ("draft", {"CNY": 9800}, 1)
    with pytest.raises(BadArguments):
        run_command(goods_command, "draft", "--category", "tea", "--sku", "X", "--price", "Y=1", *by)
    assert run_command(goods_command, "price", "--price", "S-L=118", *by).document == {"changed": 1}
    entry = ("stock", "--sku", "S-L", "--warehouse", "main", "--received", "5", "--reference", "R-1", *by)
    assert [run_command(goods_command, *entry).document["new"] for _ in range(2)] == [True, False]

    # A supplier quotes by command
    supply = goods(farm, "Farm tea", price="50.00")
    quote = ("quote", supply.number, "--price", f"{only_sku(supply).code}=52.50", "--party", "farm")
    assert run_command(goods_command, *quote, "--as", f"farm-{Role.SUPPLIER_OWNER}").document == {
        "changed": 1
    }
    with pytest.raises(BadArguments):
        run_command(goods_command, *quote, "--as", f"tea-{Role.MERCHANT_STAFF}")

    # Codes are taken in and counted, and never told again
    owner.post("/goods", TEA | {"kind": "digital", "skus": [TEA["skus"][0] | {"code": "GAME"}]}, 201)
    added = owner.post("/digital-codes", {"sku": "GAME", "codes": ["AB-1", "AB-2", "AB-1"]}, 201)
    assert (added["new"], added["free"]) == (2, 2) and "AB-1" not in str(added)
    assert (
        other.post("/digital-codes", {"sku": "GAME", "codes": ["Z"]}, 422)["error"]["code"]
        == "digital_item_refused"
    )
    assert other.get("/digital-codes")["items"] == []
    (tmp_path / "more.txt").write_text("AB-2\nAB-3\n")
    more = run_command(digital_codes, "add", str(tmp_path / "more.txt"), "--sku", "GAME", *by).document
    assert (more["new"], more["free"]) == (1, 3)
    (row,) = owner.get("/digital-codes")["items"]
    assert (row["sku"], row["free"], row["given"], row["waiting"]) == ("GAME", 3, 0, 0)
    assert run_command(digital_codes, "list", "--party", "tea").document["skus"][0]["free"] == 3
