"""Errors in the caller's language: codes stay, messages follow Accept-Language; English by default."""

import pytest

from tests.portals.api.calling import Api


@pytest.mark.parametrize(
    ("wanted", "language", "message"),
    [
        ("", "en", "There is no party 'nobody'"),
        ("en-GB,zh;q=0.5", "en", "There is no party 'nobody'"),
        ("fr", "en", "There is no party 'nobody'"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh-hans", "没有这个对象，或您无权查看。请核对编号。"),
        ("fr,zh", "zh-hans", "没有这个对象，或您无权查看。请核对编号。"),
    ],
)
def test_a_message_is_in_the_language_the_caller_prefers(
    platform: Api, wanted: str, language: str, message: str
) -> None:
    response = platform.client.get(
        "/api/v1/parties/nobody", headers=platform.headers() | {"Accept-Language": wanted}
    )
    error = response.json()["error"]
    assert (response.status_code, error["code"], error["message"]) == (404, "not_found", message)
    assert response.headers["Content-Language"] == language
    assert "Accept-Language" in response.headers["Vary"]


def test_what_the_framework_refuses_is_said_in_chinese_too(platform: Api) -> None:
    response = platform.client.get("/api/v1/parties", headers={"Accept-Language": "zh"})
    assert response.json()["error"]["message"].startswith("没有登录。")
