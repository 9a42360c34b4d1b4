"""What a name is in a language; how a key of a program is made and told again."""

import hashlib
import secrets
from collections.abc import Mapping


def name_in(names: Mapping[str, str], code: str, language: str) -> str:
    """This function will return the name in `language` ("zh…" or "en"), else in another one, else the code."""
    wanted = "zh" if language.startswith("zh") else "en"
    return names.get(wanted) or next((text for text in names.values() if text), code)


KEY_PREFIX = "zg_"
HINT_LENGTH = 10


def new_secret() -> str:
    """This function will return the secret of a new key: 256 random bits after a prefix that scanners know."""
    return KEY_PREFIX + secrets.token_urlsafe(32)


def digest_of(secret: str) -> bytes:
    """This function will return what is kept of a secret. SHA-256 is enough for 256 random bits; a slow hash
    protects passwords people think of."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()
