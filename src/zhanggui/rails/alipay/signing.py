"""How Alipay's messages are signed (RSA2), and the exact text that a signature is over. Pure.

A request is signed over its parameters, sorted by name, `name=value` joined by `&`, values raw, empty ones and `sign`
left out; an answer over the text of its `<method>_response` member, byte for byte as it stands in the body.
"""

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Mapping

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID

_CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)
_NAMED = (
    ("CN", NameOID.COMMON_NAME),
    ("OU", NameOID.ORGANIZATIONAL_UNIT_NAME),
    ("O", NameOID.ORGANIZATION_NAME),
    ("C", NameOID.COUNTRY_NAME),
)
# Signatures made with RSA; the bundle of roots also holds SM2 ones, which do not count.
_RSA = "1.2.840.113549.1.1."


def request_text(parameters: Mapping[str, str]) -> str:
    """What a request is signed over: every parameter but `sign` and the empty ones."""
    return joined({name: value for name, value in parameters.items() if name != "sign" and value})


def joined(parameters: Mapping[str, str]) -> str:
    """Parameters sorted by name, raw."""
    return "&".join(f"{name}={parameters[name]}" for name in sorted(parameters))


def signature(text: str, key: rsa.RSAPrivateKey) -> str:
    """The RSA2 signature of a text, base64."""
    return base64.b64encode(key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())).decode("ascii")


def holds(text: str, signed: str, key: rsa.RSAPublicKey) -> bool:
    """Whether `signed` is the signature of `text` by the owner of `key`."""
    try:
        key.verify(
            base64.b64decode(signed, validate=True), text.encode(), padding.PKCS1v15(), hashes.SHA256()
        )
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return True


def members(body: str) -> dict[str, str]:
    """The members of a JSON object by name, each as the text that it is in the body.

    Raises ValueError where the body is no object, or has a name twice: then nobody knows which one was signed.
    """
    decoder = json.JSONDecoder()
    found: dict[str, str] = {}
    at = _skip(body, 0)
    if body[at : at + 1] != "{":
        raise ValueError("the answer is no JSON object")
    at = _skip(body, at + 1)
    while body[at : at + 1] != "}":
        name, at = decoder.raw_decode(body, at)
        at = _skip(body, at)
        if body[at : at + 1] != ":" or not isinstance(name, str) or name in found:
            raise ValueError("the answer is no JSON object with every name once")
        begins = _skip(body, at + 1)
        _, at = decoder.raw_decode(body, begins)
        found[name] = body[begins:at]
        at = _skip(body, at)
        if body[at : at + 1] == ",":
            at = _skip(body, at + 1)
        elif body[at : at + 1] != "}":
            raise ValueError("the answer breaks off")
    return found


def _skip(body: str, at: int) -> int:
    while at < len(body) and body[at] in " \t\r\n":
        at += 1
    return at


def private_key(text: str) -> rsa.RSAPrivateKey:
    """A private key, as PEM or as the bare base64 that Alipay's key tool writes. Raises ValueError."""
    plain = text.strip()
    if plain.startswith("-----"):
        key = serialization.load_pem_private_key(plain.encode(), None)
    else:
        key = serialization.load_der_private_key(base64.b64decode("".join(plain.split())), None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise ValueError("the key is no RSA key")
    return key


def public_key(text: str) -> rsa.RSAPublicKey:
    """A public key, as PEM or as the bare base64 of the merchant console. Raises ValueError."""
    plain = text.strip()
    if plain.startswith("-----"):
        key = serialization.load_pem_public_key(plain.encode())
    else:
        key = serialization.load_der_public_key(base64.b64decode("".join(plain.split())))
    if not isinstance(key, rsa.RSAPublicKey):
        raise ValueError("the key is no RSA key")
    return key


def certificate_key(text: str) -> rsa.RSAPublicKey:
    """The public key of the first certificate of a PEM text. Raises ValueError."""
    key = _first(text).public_key()
    if not isinstance(key, rsa.RSAPublicKey):
        raise ValueError("the certificate's key is no RSA key")
    return key


def certificate_number(text: str) -> str:
    """The `app_cert_sn` of a certificate: MD5 of its issuer and its serial number."""
    return _number(_first(text))


def root_number(text: str) -> str:
    """The `alipay_root_cert_sn` of a bundle of roots: the numbers of those signed with RSA, joined by `_`."""
    numbers = []
    for found in _CERTIFICATE.findall(text):
        try:
            root = x509.load_pem_x509_certificate(found.encode())
            method = root.signature_algorithm_oid.dotted_string
        except ValueError:  # a root of a kind that is not known does not count either
            continue
        if method.startswith(_RSA):
            numbers.append(_number(root))
    return "_".join(numbers)


def _first(text: str) -> x509.Certificate:
    found = _CERTIFICATE.search(text)
    if found is None:
        raise ValueError("there is no certificate in the text")
    return x509.load_pem_x509_certificate(found[0].encode())


def _number(certificate: x509.Certificate) -> str:
    issuer = certificate.issuer
    parts = [
        f"{short}={value[0].value!s}"
        for short, oid in _NAMED
        if (value := issuer.get_attributes_for_oid(oid))
    ]
    # MD5 is what Alipay names its certificates by; nothing is protected by it.
    return hashlib.md5(
        (",".join(parts) + str(certificate.serial_number)).encode(), usedforsecurity=False
    ).hexdigest()
