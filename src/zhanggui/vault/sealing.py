"""Seal a text so that only a holder of the key ring reads it, and only for the purpose it was sealed for.

A sealed value is: version (1 byte), key id (4), nonce (12), AES-256-GCM ciphertext with its tag (16). Version, key
id and purpose are authenticated, so a value moved to another column, or altered by one bit, does not open.
"""

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from zhanggui.vault.errors import SealBroken, UnknownSealKey
from zhanggui.vault.installed import installed_ring, installed_ring_or_new
from zhanggui.vault.key_ring import KEY_ID_BYTES, KeyRing

VERSION = 1
NONCE_BYTES, TAG_BYTES = 12, 16
HEAD_BYTES = 1 + KEY_ID_BYTES
SHOWN = 4
"""How many last characters of a number a mask leaves."""


def seal(plain: str, *, purpose: str) -> bytes:
    """This function will seal `plain` under the current key of this installation.

    `purpose` names what the value is, such as "own_account.number"; it is needed to open it again.
    The first call on an installation makes its key ring. Raises KeyRingUnusable.
    """
    return seal_with(installed_ring_or_new(), plain, purpose=purpose)


def unseal(sealed: bytes, *, purpose: str) -> str:
    """This function will return what was sealed. Raises UnknownSealKey, SealBroken, KeyRingUnusable."""
    return unseal_with(installed_ring(), sealed, purpose=purpose)


def masked(number: str) -> str:
    """The number with all but its last four characters hidden; of short ones less than half is left.

    How long it is does not show. An empty number stays empty.
    """
    plain = "".join(number.split())
    if not plain:
        return ""
    left = min(SHOWN, (len(plain) - 1) // 2)
    return "****" + (plain[-left:] if left else "")


def seal_with(ring: KeyRing, plain: str, *, purpose: str) -> bytes:
    """`plain` sealed under the current key of `ring`."""
    head = bytes([VERSION]) + ring.current.id
    nonce = secrets.token_bytes(NONCE_BYTES)
    cipher = AESGCM(ring.current.secret)
    return head + nonce + cipher.encrypt(nonce, plain.encode("utf-8"), _context(head, purpose))


def unseal_with(ring: KeyRing, sealed: bytes, *, purpose: str) -> str:
    """What was sealed, opened with whichever key of `ring` sealed it. Raises UnknownSealKey, SealBroken."""
    whole = bytes(sealed)
    key_id = key_id_of(whole)
    key = ring.key(key_id)
    if key is None:
        raise UnknownSealKey(
            f"sealed under key {key_id.hex()}, which the key ring does not have; put the key ring that belongs"
            " to this database back from a backup",
            key_id=key_id.hex(),
            purpose=purpose,
        )
    head, nonce, text = (
        whole[:HEAD_BYTES],
        whole[HEAD_BYTES:][:NONCE_BYTES],
        whole[HEAD_BYTES + NONCE_BYTES :],
    )
    try:
        return AESGCM(key.secret).decrypt(nonce, text, _context(head, purpose)).decode("utf-8")
    except InvalidTag as failed:
        raise _broken(purpose) from failed


def key_id_of(sealed: bytes) -> bytes:
    """The id of the key that sealed, read from the head. Raises SealBroken for what no seal looks like."""
    if len(sealed) < HEAD_BYTES + NONCE_BYTES + TAG_BYTES or sealed[0] != VERSION:
        raise _broken("")
    return bytes(sealed[1:HEAD_BYTES])


def _context(head: bytes, purpose: str) -> bytes:
    return head + b"\x00" + purpose.encode("utf-8")


def _broken(purpose: str) -> SealBroken:
    return SealBroken(
        "the sealed value is not what was sealed (changed, damaged, or of another purpose); enter it again, and"
        " find out from the audit log and the backups who changed it",
        purpose=purpose,
    )
