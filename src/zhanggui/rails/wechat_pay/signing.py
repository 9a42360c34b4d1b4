"""WeChat Pay's signatures and encryption: who asks, who answers, and what only the other side may read."""

import base64
import binascii
import secrets
from datetime import datetime

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

SCHEME = "WECHATPAY2-SHA256-RSA2048"
_OAEP = padding.OAEP(mgf=padding.MGF1(algorithm=hashes.SHA1()), algorithm=hashes.SHA1(), label=None)


def signed_text(*lines: str) -> bytes:
    """What is signed: every line ends in a line feed, an empty one too."""
    return "".join(f"{line}\n" for line in lines).encode()


def sign(key: RSAPrivateKey, text: bytes) -> str:
    """A signature over a text, in base64."""
    return base64.b64encode(key.sign(text, padding.PKCS1v15(), hashes.SHA256())).decode("ascii")


def holds(key: RSAPublicKey, text: bytes, signature: str) -> bool:
    """Whether a signature in base64 is one over this text."""
    try:
        key.verify(base64.b64decode(signature, validate=True), text, padding.PKCS1v15(), hashes.SHA256())
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return True


def authorization(
    key: RSAPrivateKey, *, mchid: str, serial_no: str, method: str, target: str, body: str, now: datetime
) -> str:
    """The Authorization header of a request; `target` is path and query as they are sent."""
    nonce, timestamp = secrets.token_hex(16), str(int(now.timestamp()))
    signature = sign(key, signed_text(method, target, timestamp, nonce, body))
    return (
        f'{SCHEME} mchid="{mchid}",nonce_str="{nonce}",signature="{signature}",timestamp="{timestamp}",'
        f'serial_no="{serial_no}"'
    )


def opened(api_v3_key: str, *, nonce: str, associated_data: str, ciphertext: str) -> bytes:
    """What AES-256-GCM hides. Raises ValueError when it was altered or the key is another."""
    try:
        hidden = base64.b64decode(ciphertext, validate=True)
        return AESGCM(api_v3_key.encode()).decrypt(nonce.encode(), hidden, associated_data.encode())
    except (InvalidTag, binascii.Error) as broken:
        raise ValueError("what is encrypted was altered, or the APIv3 key is another") from broken


def sealed(api_v3_key: str, text: bytes, *, nonce: str, associated_data: str) -> str:
    """A text hidden by AES-256-GCM, in base64; the reverse of `opened`."""
    hidden = AESGCM(api_v3_key.encode()).encrypt(nonce.encode(), text, associated_data.encode())
    return base64.b64encode(hidden).decode("ascii")


def veiled(key: RSAPublicKey, text: str) -> str:
    """A name or number that only WeChat may read (RSA-OAEP), in base64."""
    return base64.b64encode(key.encrypt(text.encode(), _OAEP)).decode("ascii")


def unveiled(key: RSAPrivateKey, text: str) -> str:
    """The reverse of `veiled`. Raises ValueError when it is not for this key."""
    return key.decrypt(base64.b64decode(text, validate=True), _OAEP).decode()
