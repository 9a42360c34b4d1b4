"""The gateway's door for callers with certificates: its own certificate for TLS, and whom it knows by theirs."""

import ipaddress
from datetime import UTC, datetime
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from zhanggui.rails.sandbox_server.gateway import Tls
from zhanggui.rails.sandbox_server.keys import KeyRing


def door(keys: KeyRing, address: str) -> Tls:
    """This function will return the door at an address, with a certificate made out to its host, issued by the root
    of the sandbox, which issues the merchant's too."""
    host = urlsplit(address).hostname or "127.0.0.1"
    root = keys.root()
    try:
        named: x509.GeneralName = x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        named = x509.DNSName(host)
    made = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)]))
        .issuer_name(root.subject)
        .public_key(keys.key("door").public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2049, 12, 31, tzinfo=UTC))
        .add_extension(x509.SubjectAlternativeName([named]), critical=False)
        .sign(keys.key("root"), hashes.SHA256())
    )
    certificate = keys.folder / "door_cert.pem"
    certificate.write_bytes(made.public_bytes(Encoding.PEM))
    return Tls(keys.folder / "door_key.pem", certificate, keys.folder / "root_cert.pem")


def is_of(certificate: bytes, known: x509.Certificate) -> bool:
    """This function will say whether a certificate that was shown (DER) is this one."""
    return certificate == known.public_bytes(Encoding.DER)
