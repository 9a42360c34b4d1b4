"""Whom we believe to be UnionPay: the certificate that a message bears, its chain, and whom it is made out to."""

from collections.abc import Sequence
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

COMPANY = "中国银联股份有限公司"
_LINKS_MOST = 4


class NotTrusted(Exception):
    """The certificate is not UnionPay's, or does not count now."""


def trusted_key(text: str, *, roots: Sequence[x509.Certificate], between: Sequence[x509.Certificate],
                now: datetime) -> rsa.RSAPublicKey:  # fmt: skip
    """This function will return the key of the certificate in `text` (PEM), once it is known to be UnionPay's: issued
    down from one of `roots` over certificates of `between`, valid at `now`, made out to UnionPay.

    Raises NotTrusted."""
    try:
        certificate = x509.load_pem_x509_certificate(text.encode())
    except ValueError as fault:
        raise NotTrusted("the certificate cannot be read") from fault
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    parts = str(names[0].value).split("@") if len(names) == 1 else []
    if len(parts) < 3 or parts[2] != COMPANY:
        raise NotTrusted(f"the certificate is not made out to {COMPANY}")
    _walk(certificate, roots=roots, between=between, now=now)
    key = certificate.public_key()
    if not isinstance(key, rsa.RSAPublicKey):
        raise NotTrusted("the certificate's key is no RSA key")
    return key


def _walk(certificate: x509.Certificate, *, roots: Sequence[x509.Certificate], between: Sequence[x509.Certificate],
          now: datetime) -> None:  # fmt: skip
    """From a certificate up to a root."""
    at = certificate
    for _ in range(_LINKS_MOST):
        if not at.not_valid_before_utc <= now <= at.not_valid_after_utc:
            raise NotTrusted("a certificate of the chain is not valid at this time")
        if any(_issued(at, root) and _counts(root, now) for root in roots):
            return
        above = next((one for one in between if one != at and _issued(at, one) and _signs(one)), None)
        if above is None:
            raise NotTrusted("the certificate was not issued by anybody we trust")
        at = above
    raise NotTrusted("the chain of certificates is too long")


def _issued(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def _signs(certificate: x509.Certificate) -> bool:
    """Whether a certificate may issue others."""
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return False


def _counts(root: x509.Certificate, now: datetime) -> bool:
    return root.not_valid_before_utc <= now <= root.not_valid_after_utc
