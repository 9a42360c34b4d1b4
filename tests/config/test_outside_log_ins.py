"""Apps at WeChat and Weibo from the environment."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from zhanggui.portals.desk.outside_log_ins import outside_log_ins


def test_without_apps_there_is_no_log_in_elsewhere() -> None:
    made = outside_log_ins({})
    assert {code: one["APPS"] for code, one in made.items()} == {
        "weixin": [],
        "weixin_in_app": [],
        "weibo": [],
    }
    assert made["weixin"]["API"] == "https://api.weixin.qq.com"


def test_an_app_has_an_id_and_a_secret_and_its_address_no_slash_at_the_end() -> None:
    made = outside_log_ins({
        "ZHANGGUI_WEIXIN_IN_APP_ID": "wx1", "ZHANGGUI_WEIXIN_IN_APP_SECRET": " s ",
        "ZHANGGUI_WEIXIN_ADDRESS": "http://127.0.0.1:9/",
    })  # fmt: skip
    assert made["weixin_in_app"]["APPS"] == [{"client_id": "wx1", "secret": "s"}]
    assert (made["weixin_in_app"]["ADDRESS"], made["weixin"]["APPS"]) == ("http://127.0.0.1:9", [])


@pytest.mark.parametrize(
    "wrong",
    [
        {"ZHANGGUI_WEIBO_APP_ID": "1"},
        {"ZHANGGUI_WEIXIN_SECRET": "x"},
        {"ZHANGGUI_WEIBO_ADDRESS": "weibo.com"},
    ],
)
def test_half_an_app_and_a_wrong_address_are_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(ImproperlyConfigured, match="ZHANGGUI_WEI"):
        outside_log_ins(wrong)
