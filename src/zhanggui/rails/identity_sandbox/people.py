"""The people who can log in, and what each app there knows them by."""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from urllib.parse import quote


@dataclass(frozen=True)
class Person:
    """Somebody with WeChat and Weibo. `key` names the person in forms and tests."""

    key: str
    nickname: str
    sex: int  # 1 man, 2 woman, 0 not said
    province: str
    city: str
    colour: str


PEOPLE = {
    one.key: one
    for one in (
        Person("lin", "林小满", 2, "浙江", "杭州", "#b4530a"),
        Person("chen", "陈默", 1, "北京", "", "#0f6e4f"),
        Person("wang", "茶馆老王🍵", 1, "四川", "成都", "#6d4bc3"),
        Person("alice", "Alice Zhang", 2, "上海", "", "#0b6bcb"),
        Person("brien", "O’Brien <b>", 1, "", "", "#9f2d5c"),
        Person("mei", "Mei", 0, "广东", "深圳", "#475569"),
    )
}


def openid(secret: str, app: str, who: str) -> str:
    """What WeChat calls a person to one app: 28 characters."""
    return _name(secret, f"openid {app} {who}")


def unionid(secret: str, who: str) -> str:
    """What WeChat calls a person to every app of one company."""
    return _name(secret, f"unionid {who}")


def weibo_uid(secret: str, who: str) -> str:
    """What Weibo calls a person: ten digits, the same to every app."""
    number = int.from_bytes(_digest(secret, f"weibo {who}")[:8])
    return str(1_000_000_000 + number % 8_999_999_999)


def picture(person: Person) -> str:
    """The person's picture, an SVG."""
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 96 96" width="96" height="96">'
        f'<rect width="96" height="96" rx="14" fill="{person.colour}"/>'
        '<text x="48" y="63" font-size="44" text-anchor="middle" fill="#fff"'
        f' font-family="system-ui,Noto Sans CJK SC,sans-serif">{person.nickname[0]}</text></svg>'
    )


def picture_data(person: Person) -> str:
    """The picture as an address that holds it."""
    return "data:image/svg+xml," + quote(picture(person))


def _name(secret: str, text: str) -> str:
    return "o" + base64.urlsafe_b64encode(_digest(secret, text)).decode()[:27]


def _digest(secret: str, text: str) -> bytes:
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).digest()
