"""The keys of one merchant at UnionPay, and the certificates that its gateway is believed by."""

import base64
import functools
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key, pkcs12


@dataclass(frozen=True)
class Keys:
    """Our private key and the number of its certificate; UnionPay's roots, and what stands between."""

    ours: rsa.RSAPrivateKey
    number: str
    roots: tuple[x509.Certificate, ...]
    between: tuple[x509.Certificate, ...]


def keys_of(secrets: Mapping[str, str]) -> Keys:
    """This function will return the keys, read once (checking a private key takes a while): see `read_keys`."""
    return _read_once(tuple(sorted(secrets.items())))


@functools.lru_cache(maxsize=32)
def _read_once(secrets: tuple[tuple[str, str], ...]) -> Keys:
    return read_keys(dict(secrets))


def read_keys(secrets: Mapping[str, str]) -> Keys:
    """This function will return the keys from texts: `merchant_pfx` (base64) with `merchant_pfx_password`, or
    `merchant_key` and `merchant_certificate` as PEM; `root_certificate` and `middle_certificate` as PEM.

    Raises ValueError naming what is missing or wrong.
    """
    if secrets.get("merchant_pfx"):
        password = secrets.get("merchant_pfx_password", "").encode()
        key, certificate, _ = pkcs12.load_key_and_certificates(
            base64.b64decode(secrets["merchant_pfx"]), password
        )
    else:
        for name in ("merchant_key", "merchant_certificate"):
            if not secrets.get(name):
                raise ValueError(f"the secret {name} is missing (or give merchant_pfx and its password)")
        key = load_pem_private_key(secrets["merchant_key"].encode(), None)
        certificate = x509.load_pem_x509_certificate(secrets["merchant_certificate"].encode())
    if certificate is None or not isinstance(key, rsa.RSAPrivateKey):
        raise ValueError("the merchant's file holds no RSA key with its certificate")
    if certificate.public_key() != key.public_key():
        raise ValueError("the merchant's certificate is not of its key")
    if not secrets.get("root_certificate"):
        raise ValueError("the secret root_certificate is missing: UnionPay's root, as PEM")
    roots = x509.load_pem_x509_certificates(secrets["root_certificate"].encode())
    between = secrets.get("middle_certificate", "")
    middle = x509.load_pem_x509_certificates(between.encode()) if between else []
    return Keys(key, str(certificate.serial_number), tuple(roots), tuple(middle))
