"""The keys by which WeChat Pay is known: its public key (PUB_KEY_ID_...) or its platform certificates."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from zhanggui.rails.wechat_pay.signing import opened

PUBLIC_KEY_MARK = "PUB_KEY_ID_"


class PlatformKeys:
    """Public keys of WeChat Pay by the number in `Wechatpay-Serial`.

    With a public key the gateway is asked to sign with it; without one the certificates are fetched when the first
    unknown number comes up, and only what the APIv3 key opens is believed.
    """

    def __init__(self, *, public_key_id: str = "", public_key_pem: str = "") -> None:
        self._keys: dict[str, RSAPublicKey] = {}
        self._until: dict[str, datetime] = {}
        self.preferred = ""
        if public_key_id:
            self._keys[public_key_id] = _rsa(load_pem_public_key(public_key_pem.encode()))
            self.preferred = public_key_id

    @property
    def public_key_mode(self) -> bool:
        """Whether WeChat's public key is known, and asked for."""
        return self.preferred.startswith(PUBLIC_KEY_MARK)

    def key(self, serial: str) -> RSAPublicKey | None:
        """The key of that number, or None."""
        return self._keys.get(serial.upper() if not serial.startswith(PUBLIC_KEY_MARK) else serial)

    def to_write_with(self) -> tuple[str, RSAPublicKey] | None:
        """The number and key for what only WeChat may read: the public key, else the certificate valid longest."""
        if self.preferred:
            return self.preferred, self._keys[self.preferred]
        if not self._until:
            return None
        serial = max(self._until, key=lambda one: self._until[one])
        return serial, self._keys[serial]

    def take_in(self, listed: Mapping[str, Any], *, api_v3_key: str, now: datetime) -> int:
        """Take in what /v3/certificates listed, and return how many are valid now. Raises ValueError when one is
        not for our APIv3 key."""
        taken = 0
        for one in listed.get("data", []):
            hidden = one["encrypt_certificate"]
            pem = opened(
                api_v3_key, nonce=hidden["nonce"], associated_data=hidden["associated_data"],
                ciphertext=hidden["ciphertext"],
            )  # fmt: skip
            certificate = x509.load_pem_x509_certificate(pem)
            if not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc:
                continue
            serial = f"{certificate.serial_number:X}"
            self._keys[serial] = _rsa(certificate.public_key())
            self._until[serial] = certificate.not_valid_after_utc
            taken += 1
        return taken


def _rsa(key: object) -> RSAPublicKey:
    if not isinstance(key, RSAPublicKey):
        raise ValueError("WeChat Pay's key is not an RSA key")
    return key
