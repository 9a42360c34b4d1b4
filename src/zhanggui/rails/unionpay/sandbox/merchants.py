"""Who is known at the gateway: the merchant and its certificate, UnionPay's own and the chain above it."""

from collections.abc import Mapping
from datetime import UTC, datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from zhanggui.rails.sandbox_server.gateway import House
from zhanggui.rails.sandbox_server.keys import KeyRing
from zhanggui.rails.unionpay.sandbox.wire import Refused, read_stamp, verifies

MERCHANT = "777290058110097"
COMPANY = "中国银联股份有限公司"
# UnionPay only says that the time has to be that of sending; a buyer may take his time on the way to its page.
TOLERANCE_SECONDS = 24 * 3600


class Merchants:
    """The keys in the sandbox's folder, and who may ask."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.ring = KeyRing(
            house.folder / "keys", root={"C": "CN", "O": "CFCA", "CN": "Zhanggui Sandbox Root"}
        )
        self.ring.root()
        self.theirs, self.stranger = self.ring.key("unionpay"), self.ring.key("stranger")
        self._issue("middle", "Zhanggui Sandbox OCA", above="root", issues=True)
        self._issue("unionpay", f"041@Zhanggui@{COMPANY}@00040000:SIGN", above="middle")
        self._issue("merchant", f"041@Zhanggui@{MERCHANT}@00040001:SIGN", above="middle")
        self._ours = x509.load_pem_x509_certificate(self.ring.text("merchant_cert.pem").encode())

    def _issue(self, name: str, common: str, *, above: str, issues: bool = False) -> None:
        """A certificate that the pair `above` issues, once."""
        path = self.ring.folder / f"{name}_cert.pem"
        if path.exists():
            return
        issuer = x509.load_pem_x509_certificate(self.ring.text(f"{above}_cert.pem").encode())
        made = (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)]))
            .issuer_name(issuer.subject)
            .public_key(self.ring.key(name).public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
            .not_valid_after(datetime(2049, 12, 31, tzinfo=UTC))
            .add_extension(x509.BasicConstraints(ca=issues, path_length=None), critical=True)
            .sign(self.ring.key(above), hashes.SHA256())
        )
        path.write_bytes(made.public_bytes(Encoding.PEM))

    @property
    def certificate(self) -> str:
        """What messages of the gateway bear as signPubKeyCert."""
        return self.ring.text("unionpay_cert.pem").strip()

    def check(self, asked: Mapping[str, str]) -> None:
        """Raises Refused as the gateway does before it looks at what is asked."""
        for name in (
            "version",
            "encoding",
            "signMethod",
            "txnType",
            "merId",
            "txnTime",
            "certId",
            "signature",
        ):
            if not asked.get(name):
                raise Refused("13", f"{name} is missing")
        if asked["version"] != "5.1.0" or asked["signMethod"] != "01" or asked["encoding"].upper() != "UTF-8":
            raise Refused("10", "version 5.1.0, signMethod 01, encoding UTF-8")
        if asked["merId"] != MERCHANT:
            raise Refused("31")
        key = self._ours.public_key()
        if asked["certId"] != str(self._ours.serial_number) or not verifies(asked, key):  # type: ignore[arg-type]
            raise Refused("11")

    def check_time(self, asked: Mapping[str, str]) -> None:
        """Raises Refused where a message was not sent about now."""
        if not self.house.clock.hears(read_stamp(asked["txnTime"]), tolerance_seconds=TOLERANCE_SECONDS):
            raise Refused("39", "txnTime is too far from now")

    def client(self) -> dict[str, object]:
        """What our side is configured with."""
        text = self.ring.text
        return {
            "settings": {
                "merchant": MERCHANT, "gateway": self.house.address, "files": f"{self.house.address}/files",
            },
            "secrets": {
                "merchant_key": text("merchant_key.pem"), "merchant_certificate": text("merchant_cert.pem"),
                "root_certificate": text("root_cert.pem"), "middle_certificate": text("middle_cert.pem"),
            },
        }  # fmt: skip
