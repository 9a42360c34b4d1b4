"""The keys of an installation inside a backup: sealed under a passphrase, or left out."""

import base64
import json
import secrets
from collections.abc import Mapping

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from zhanggui.backups.errors import BackupDamaged, PassphraseWrong

SHORTEST = 12
COST, BLOCK, LANES = 2**16, 8, 1
"""scrypt: 64 MiB and about a quarter of a second for each guess."""


def lock_keys(keys: Mapping[str, str], passphrase: str) -> bytes:
    """`keys` (file name -> text) as one sealed document. Raises PassphraseWrong for a short passphrase."""
    if len(passphrase) < SHORTEST:
        raise PassphraseWrong(f"the passphrase is shorter than {SHORTEST} characters; choose a longer one")
    salt, nonce = secrets.token_bytes(16), secrets.token_bytes(12)
    text = AESGCM(_derived(passphrase, salt)).encrypt(
        nonce, json.dumps(dict(keys)).encode(), b"zhanggui keys"
    )
    document = {"kdf": "scrypt", "n": COST, "r": BLOCK, "p": LANES} | {
        name: base64.b64encode(value).decode("ascii")
        for name, value in (("salt", salt), ("nonce", nonce), ("text", text))
    }
    return json.dumps(document, indent=1).encode("ascii")


def unlock_keys(document: bytes, passphrase: str) -> dict[str, str]:
    """What `lock_keys` sealed. Raises PassphraseWrong, BackupDamaged."""
    try:
        parts = json.loads(document)
        salt, nonce, text = (base64.b64decode(parts[name]) for name in ("salt", "nonce", "text"))
        if (parts["kdf"], parts["n"], parts["r"], parts["p"]) != ("scrypt", COST, BLOCK, LANES):
            raise ValueError
    except (ValueError, KeyError, TypeError) as failed:
        raise BackupDamaged("the keys in this backup cannot be read; use another backup") from failed
    try:
        opened = AESGCM(_derived(passphrase, salt)).decrypt(nonce, text, b"zhanggui keys")
    except InvalidTag as failed:
        raise PassphraseWrong(
            "the passphrase does not open the keys of this backup; use the one it was made with"
        ) from failed
    return {str(name): str(value) for name, value in json.loads(opened).items()}


def _derived(passphrase: str, salt: bytes) -> bytes:
    return Scrypt(salt=salt, length=32, n=COST, r=BLOCK, p=LANES).derive(passphrase.encode("utf-8"))
