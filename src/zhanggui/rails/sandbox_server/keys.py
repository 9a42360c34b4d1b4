"""Keys and certificates of a sandbox, made when its folder is new and kept there as PEM files."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID

_NAMES = {
    "C": NameOID.COUNTRY_NAME, "O": NameOID.ORGANIZATION_NAME, "OU": NameOID.ORGANIZATIONAL_UNIT_NAME,
    "CN": NameOID.COMMON_NAME,
}  # fmt: skip
_VALID_FROM, _VALID_UNTIL = datetime(2020, 1, 1, tzinfo=UTC), datetime(2049, 12, 31, tzinfo=UTC)


class KeyRing:
    """Key pairs by name: `NAME_key.pem`, `NAME_public.pem`, `NAME_cert.pem` in one folder.

    Certificates are issued by the pair called `root`, which signs itself.
    """

    def __init__(self, folder: Path, *, root: Mapping[str, str]) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._root_subject = root

    def key(self, name: str) -> RSAPrivateKey:
        """The private key of that name, made when there is none."""
        path = self.folder / f"{name}_key.pem"
        if not path.exists():
            made = generate_private_key(public_exponent=65537, key_size=2048)
            (self.folder / f"{name}_public.pem").write_bytes(
                made.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
            )
            path.touch(mode=0o600)
            path.write_bytes(made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        loaded = load_pem_private_key(path.read_bytes(), password=None)
        assert isinstance(loaded, RSAPrivateKey)
        return loaded

    def certificate(self, name: str, subject: Mapping[str, str] | None = None) -> x509.Certificate:
        """The certificate of that name, issued by the root when there is none; `subject` by C, O, OU, CN."""
        path = self.folder / f"{name}_cert.pem"
        if not path.exists():
            path.write_bytes(self._issued(name, subject or {"CN": name}).public_bytes(Encoding.PEM))
        return x509.load_pem_x509_certificate(path.read_bytes())

    def root(self) -> x509.Certificate:
        """The certificate that issues the others."""
        return self.certificate("root", self._root_subject)

    def text(self, file: str) -> str:
        """A PEM file of the folder."""
        return (self.folder / file).read_text("ascii")

    def _issued(self, name: str, subject: Mapping[str, str]) -> x509.Certificate:
        is_root = name == "root"
        own = _name(subject)
        issuer = own if is_root else self.root().subject
        builder = (
            x509.CertificateBuilder()
            .subject_name(own)
            .issuer_name(issuer)
            .public_key(self.key(name).public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(_VALID_FROM)
            .not_valid_after(_VALID_UNTIL)
            .add_extension(x509.BasicConstraints(ca=is_root, path_length=None), critical=True)
        )
        return builder.sign(self.key("root"), hashes.SHA256())


def serial_of(certificate: x509.Certificate) -> str:
    """A certificate's serial number as gateways print it: hexadecimal, capital letters."""
    return f"{certificate.serial_number:X}"


def _name(subject: Mapping[str, str]) -> x509.Name:
    return x509.Name([x509.NameAttribute(_NAMES[part], value) for part, value in subject.items()])
