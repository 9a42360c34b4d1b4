"""The sandbox of log-ins as a process: what WeChat and Weibo answer, right and wrong."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from tests.rails.sandboxes import Sandbox, running

BACK = "http://testserver/back/?a=1"
IN_WECHAT = {"user-agent": "Mozilla/5.0 MicroMessenger/8.0.50"}


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with running("zhanggui.rails.identity_sandbox", tmp_path_factory.mktemp("identity")) as started:
        yield started


@pytest.fixture(autouse=True)
def wall_clock(sandbox: Sandbox) -> None:
    sandbox.steer("DELETE", "faults")


def asked(sandbox: Sandbox, kind: str = "web", **more: str) -> dict[str, str]:
    env = sandbox.client["environment"]
    scope, name = ("snsapi_login", "APP_ID") if kind == "web" else ("snsapi_userinfo", "IN_APP_ID")
    return {
        "appid": env[f"ZHANGGUI_WEIXIN_{name}"], "redirect_uri": BACK, "response_type": "code", "scope": scope,
        "state": "s 1",
    } | more  # fmt: skip


def scan(sandbox: Sandbox, who: str = "lin", kind: str = "web", **more: str) -> dict[str, str]:
    path = "/connect/qrconnect" if kind == "web" else "/connect/oauth2/authorize"
    answer = sandbox.http.post(path, data=asked(sandbox, kind, **more) | {"who": who}, headers=IN_WECHAT)
    assert answer.status_code == 303, answer.text
    return query_of(answer)


def query_of(answer: httpx.Response) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["location"]).query).items()}


def change(sandbox: Sandbox, code: str, kind: str = "web", /, **more: str) -> dict[str, Any]:
    env = sandbox.client["environment"]
    app, secret = ("APP_ID", "SECRET") if kind == "web" else ("IN_APP_ID", "IN_APP_SECRET")
    given = {
        "appid": env[f"ZHANGGUI_WEIXIN_{app}"],
        "secret": env[f"ZHANGGUI_WEIXIN_{secret}"], "code": code, "grant_type": "authorization_code",
    }  # fmt: skip
    answer = sandbox.http.get("/sns/oauth2/access_token", params=given | more)
    assert answer.headers["content-type"] == "text/plain"
    return answer.json()


class TestWeixin:
    def test_each_app_knows_its_own_openid_and_all_the_same_unionid(self, sandbox: Sandbox) -> None:
        people = sandbox.steer("GET", "people")
        for kind in ("web", "in_app"):
            said = change(sandbox, scan(sandbox, kind=kind)["code"], kind)
            assert (said["openid"], said["unionid"]) == (people["lin"][kind], people["lin"]["unionid"])
            who = sandbox.http.get(
                "/sns/userinfo", params={"access_token": said["access_token"], "openid": said["openid"]}
            ).json()
            assert (who["nickname"], who["unionid"]) == ("林小满", people["lin"]["unionid"])
            assert sandbox.http.get(who["headimgurl"]).text.startswith("<svg")
        assert people["lin"]["web"] != people["lin"]["in_app"] and len(people["lin"]["web"]) == 28

    def test_the_state_comes_back_and_the_query_of_the_address_stays(self, sandbox: Sandbox) -> None:
        assert {"a": "1", "state": "s 1"}.items() <= scan(sandbox).items()

    def test_a_code_is_worth_something_once(self, sandbox: Sandbox) -> None:
        code = scan(sandbox)["code"]
        assert "openid" in change(sandbox, code)
        assert change(sandbox, code)["errcode"] == 40163

    def test_a_code_expires_by_the_sandboxes_clock(self, sandbox: Sandbox) -> None:
        code = scan(sandbox)["code"]
        sandbox.advance(600)
        assert change(sandbox, code)["errcode"] == 42003

    @pytest.mark.parametrize(
        ("more", "errcode"),
        [({"appid": "wx0"}, 40013), ({"secret": "x"}, 40125), ({"grant_type": "x"}, 40002), ({"code": ""}, 41008),
         ({"code": "0nonsense0"}, 40029)],
    )  # fmt: skip
    def test_what_is_wrong_is_refused_by_its_code(
        self, sandbox: Sandbox, more: dict[str, str], errcode: int
    ) -> None:
        assert change(sandbox, scan(sandbox)["code"], **more)["errcode"] == errcode

    def test_the_code_of_another_app_is_none(self, sandbox: Sandbox) -> None:
        assert change(sandbox, scan(sandbox)["code"], "in_app")["errcode"] == 40029

    def test_userinfo_wants_a_living_token_of_that_person_and_scope(self, sandbox: Sandbox) -> None:
        def userinfo(token: str, openid: str) -> int:
            given = {"access_token": token, "openid": openid}
            return sandbox.http.get("/sns/userinfo", params=given).json().get("errcode", 0)

        said = change(sandbox, scan(sandbox)["code"])
        assert userinfo("x", said["openid"]) == 40001
        assert userinfo(said["access_token"], "o-other") == 40003
        quiet = change(sandbox, scan(sandbox, kind="in_app", scope="snsapi_base")["code"], "in_app")
        assert userinfo(quiet["access_token"], quiet["openid"]) == 48001
        sandbox.advance(7200)
        assert userinfo(said["access_token"], said["openid"]) == 42001

    def test_inside_wechat_base_asks_nobody_who_is_known(self, sandbox: Sandbox) -> None:
        with httpx.Client(base_url=sandbox.address, headers=IN_WECHAT, trust_env=False) as phone:
            path, quiet = "/connect/oauth2/authorize", asked(sandbox, "in_app", scope="snsapi_base")
            assert "Alice Zhang" in phone.get(path, params=quiet).text
            phone.post(path, data=quiet | {"who": "alice"})
            assert "code" in query_of(phone.get(path, params=quiet))
            assert phone.get(path, params=quiet | {"scope": "snsapi_userinfo"}).status_code == 200

    @pytest.mark.parametrize(
        ("kind", "more", "said"),
        [("web", {"appid": "x"}, "AppID"), ("web", {"redirect_uri": "https://evil.example/"}, "redirect_uri"),
         ("web", {"scope": "snsapi_base"}, "Scope"), ("web", {"redirect_uri": "http://[bad"}, "redirect_uri"),
         ("in_app", {"scope": "snsapi_login"}, "Scope")],
    )  # fmt: skip
    def test_the_page_shows_nobody_when_the_address_is_wrong(
        self, sandbox: Sandbox, kind: str, more: dict[str, str], said: str
    ) -> None:
        path = "/connect/qrconnect" if kind == "web" else "/connect/oauth2/authorize"
        for answer in (
            sandbox.http.get(path, params=asked(sandbox, kind, **more), headers=IN_WECHAT),
            sandbox.http.post(path, data=asked(sandbox, kind, **more) | {"who": "lin"}, headers=IN_WECHAT),
        ):
            assert answer.status_code == 400
            assert said in answer.text and "lin" not in answer.headers.get("location", "")

    def test_outside_wechat_the_inside_page_is_refused(self, sandbox: Sandbox) -> None:
        answer = sandbox.http.get("/connect/oauth2/authorize", params=asked(sandbox, "in_app"))
        assert "请在微信客户端打开链接" in answer.text

    def test_who_cancels_comes_back_with_the_state_alone(self, sandbox: Sandbox) -> None:
        assert scan(sandbox, who="") == {"a": "1", "state": "s 1"}

    def test_the_page_escapes_names_and_speaks_both_languages(self, sandbox: Sandbox) -> None:
        page = sandbox.http.get("/connect/qrconnect", params=asked(sandbox)).text
        assert "O’Brien &lt;b&gt;" in page and 'lang="zh-CN"' in page
        english = sandbox.http.get(
            "/connect/qrconnect", params=asked(sandbox), headers={"accept-language": "en-GB"}
        )
        assert "choose who scans it" in english.text

    def test_without_an_open_platform_there_is_no_unionid(self, sandbox: Sandbox) -> None:
        sandbox.fault("outcome", of="unionid")
        assert "unionid" not in change(sandbox, scan(sandbox)["code"])


class TestWeibo:
    def given(self, sandbox: Sandbox, **more: str) -> dict[str, str]:
        env = sandbox.client["environment"]
        return {
            "client_id": env["ZHANGGUI_WEIBO_APP_ID"], "redirect_uri": "http://testserver/wb/",
            "response_type": "code", "state": "s",
        } | more  # fmt: skip

    def authorise(self, sandbox: Sandbox, who: str = "lin") -> dict[str, str]:
        return query_of(sandbox.http.post("/oauth2/authorize", data=self.given(sandbox) | {"who": who}))

    def change(self, sandbox: Sandbox, code: str, /, **more: str) -> httpx.Response:
        env = sandbox.client["environment"]
        given = self.given(sandbox) | {
            "client_secret": env["ZHANGGUI_WEIBO_SECRET"], "grant_type": "authorization_code", "code": code,
        }  # fmt: skip
        return sandbox.http.post("/oauth2/access_token", data=given | more)

    def test_a_person_is_their_uid_everywhere(self, sandbox: Sandbox) -> None:
        said = self.change(sandbox, self.authorise(sandbox)["code"]).json()
        assert said["uid"] == sandbox.steer("GET", "people")["lin"]["weibo"]
        who = sandbox.http.get(
            "/2/users/show.json", params={"access_token": said["access_token"], "uid": said["uid"]}
        ).json()
        assert (who["idstr"], who["screen_name"]) == (said["uid"], "林小满")

    def test_what_is_wrong_is_refused_by_its_code(self, sandbox: Sandbox) -> None:
        def refused(**more: str) -> int:
            answer = self.change(sandbox, self.authorise(sandbox)["code"], **more)
            assert answer.status_code == 400
            return answer.json()["error_code"]

        assert refused(client_secret="x") == 21324
        assert refused(grant_type="x") == 21328
        assert refused(code="x") == 21325
        assert refused(redirect_uri="http://testserver/other/") == 21322
        code = self.authorise(sandbox)["code"]
        self.change(sandbox, code)
        assert self.change(sandbox, code).json()["error_code"] == 21325

    def test_a_wrong_token_a_wrong_person_and_an_old_code_are_refused(self, sandbox: Sandbox) -> None:
        said = self.change(sandbox, self.authorise(sandbox)["code"]).json()
        for given, code in (
            ({"access_token": "x", "uid": said["uid"]}, 21332),
            ({"access_token": said["access_token"], "uid": "1"}, 20003),
        ):
            assert sandbox.http.get("/2/users/show.json", params=given).json()["error_code"] == code
        late = self.authorise(sandbox)["code"]
        sandbox.advance(300)
        assert self.change(sandbox, late).json()["error_code"] == 21325

    def test_who_declines_comes_back_with_the_error(self, sandbox: Sandbox) -> None:
        assert {"error": "access_denied", "error_code": "21330", "state": "s"}.items() <= self.authorise(
            sandbox, who=""
        ).items()

    def test_people_go_back_to_registered_domains_only(self, sandbox: Sandbox) -> None:
        wrong = self.given(sandbox, redirect_uri="https://evil.example/")
        assert "21322" in sandbox.http.get("/oauth2/authorize", params=wrong).text
        sandbox.steer("POST", "domains", {"domains": ["testserver", "evil.example"]})
        assert sandbox.http.get("/oauth2/authorize", params=wrong).status_code == 200
        sandbox.steer("POST", "domains", {"domains": ["testserver"]})


def test_a_restart_forgets_neither_apps_nor_codes(tmp_path: Any) -> None:
    with running("zhanggui.rails.identity_sandbox", tmp_path) as first:
        code, before = scan(first)["code"], first.client["environment"]["ZHANGGUI_WEIXIN_SECRET"]
    with running("zhanggui.rails.identity_sandbox", tmp_path) as second:
        assert second.client["environment"]["ZHANGGUI_WEIXIN_SECRET"] == before
        assert "openid" in change(second, code)
