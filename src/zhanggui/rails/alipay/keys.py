"""The keys of one application at Alipay, in key mode or in certificate mode."""

import functools
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric import rsa

from zhanggui.rails.alipay import signing

_CERTIFICATES = ("app_certificate", "alipay_certificate", "alipay_root_certificate")


@dataclass(frozen=True)
class Keys:
    """Our private key, Alipay's public one, and in certificate mode what the certificates are numbered."""

    ours: rsa.RSAPrivateKey
    theirs: rsa.RSAPublicKey
    app_number: str = ""
    root_number: str = ""
    their_number: str = ""

    @property
    def certified(self) -> bool:
        """Whether requests bear certificate numbers (needed for moving money out)."""
        return bool(self.app_number)


def keys_of(secrets: Mapping[str, str]) -> Keys:
    """This function will return the keys, read once (checking a private key takes a while): see `read_keys`."""
    return _read_once(tuple(sorted(secrets.items())))


@functools.lru_cache(maxsize=32)
def _read_once(secrets: tuple[tuple[str, str], ...]) -> Keys:
    return read_keys(dict(secrets))


def read_keys(secrets: Mapping[str, str]) -> Keys:
    """This function will return the keys from PEM texts: `app_private_key`, and either `alipay_public_key` or all of
    `app_certificate`, `alipay_certificate`, `alipay_root_certificate`. Raises ValueError naming the missing one."""
    if not secrets.get("app_private_key"):
        raise ValueError("the secret app_private_key is missing: the private key of the application, as PEM")
    ours = signing.private_key(secrets["app_private_key"])
    given = [name for name in _CERTIFICATES if secrets.get(name)]
    if not given:
        if not secrets.get("alipay_public_key"):
            raise ValueError(
                "the secret alipay_public_key is missing: Alipay's public key, or the three certificates"
                f" {', '.join(_CERTIFICATES)}"
            )
        return Keys(ours, signing.public_key(secrets["alipay_public_key"]))
    if missing := [name for name in _CERTIFICATES if name not in given]:
        raise ValueError(f"certificate mode needs all three certificates; missing: {', '.join(missing)}")
    mine = signing.certificate_key(secrets["app_certificate"])
    if mine.public_numbers() != ours.public_key().public_numbers():
        raise ValueError("app_certificate is not of app_private_key; fetch it again from Alipay's console")
    root = signing.root_number(secrets["alipay_root_certificate"])
    if not root:
        raise ValueError("alipay_root_certificate holds no certificate signed with RSA")
    return Keys(
        ours, signing.certificate_key(secrets["alipay_certificate"]),
        app_number=signing.certificate_number(secrets["app_certificate"]), root_number=root,
        their_number=signing.certificate_number(secrets["alipay_certificate"]),
    )  # fmt: skip
