"""What holds on every page: nothing inline, a strict policy, a trace id, and errors that say what to do."""

import re

import pytest
from django.test import Client

PAGES = [
    "/demo/",
    "/demo/statements/",
    "/demo/statements/3/",
    "/demo/lines/3/",
    "/exports/",
    "/find?q=ST",
    "/password/",
]


@pytest.mark.parametrize("path", PAGES)
def test_nothing_is_inline(desk: Client, path: str) -> None:
    answer = desk.get(path)
    text = answer.content.decode()
    assert answer.status_code == 200
    assert not re.search(r"\sstyle=|<style|\son[a-z]+=\"|<script(?![^>]*\ssrc=)|javascript:", text)
    assert "unsafe" not in answer["Content-Security-Policy"]
    assert answer["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("path", PAGES)
def test_ids_are_unique(desk: Client, path: str) -> None:
    ids = re.findall(r'\sid="([^"]+)"', desk.get(path).content.decode())
    assert len(ids) == len(set(ids))


def test_the_drawer_is_a_page_and_a_fragment(desk: Client) -> None:
    whole = desk.get("/demo/lines/3/").content.decode()
    part = desk.get("/demo/lines/3/", headers={"X-Desk-Drawer": "1"}).content.decode()
    assert (
        "<html" in whole and "<html" not in part and 'class="formula"' in whole and 'class="formula"' in part
    )


def test_an_unfolded_fee_is_a_bare_table(desk: Client) -> None:
    text = desk.get("/demo/lines/?fee=goods", headers={"X-Desk-Expand": "1"}).content.decode()
    assert text.startswith("<table") and text.endswith("</table>")


def test_one_hit_is_gone_to_and_several_are_offered(desk: Client) -> None:
    assert desk.get("/find?q=ST261100007919")["Location"] == "/demo/statements/1/"
    assert desk.get("/find?q=ST").content.decode().count('class="code">ST') == 3
    assert "没有找到该单号" in desk.get("/find?q=nothing").content.decode()


def test_menus_show_what_is_allowed_and_waiting(desk: Client) -> None:
    text = desk.get("/demo/statements/").content.decode()
    assert "不该看见" not in text and ">117<" in text
    assert text.count('aria-current="page"') == 1


def test_a_missing_page_has_a_trace_id(desk: Client) -> None:
    answer = desk.get("/demo/none/", headers={"X-Trace-Id": "abcdef0123456789"})
    assert answer.status_code == 404
    assert answer["X-Trace-Id"] == "abcdef0123456789" in answer.content.decode()


def test_a_bug_has_a_trace_id_and_no_traceback(desk: Client) -> None:
    desk.raise_request_exception = False
    answer = desk.get("/demo/broken/")
    text = answer.content.decode()
    assert answer.status_code == 500
    assert answer["X-Trace-Id"] in text and "ZeroDivision" not in text


def test_a_stale_form_is_explained(person: object) -> None:
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post("/login/", {"username": "wang", "password": "x"})
    assert answer.status_code == 403 and "页面已失效" in answer.content.decode()
