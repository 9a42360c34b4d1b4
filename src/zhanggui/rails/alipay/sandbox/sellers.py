"""Who is known at the gateway: the seller, its two applications, their keys, and Alipay's own."""

from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric import rsa

from zhanggui.rails.alipay.sandbox.wire import Refused, number_of, read_time, sorted_text, verifies
from zhanggui.rails.sandbox_server.gateway import House
from zhanggui.rails.sandbox_server.keys import KeyRing

SELLER = "2088102100000156"
KEY_MODE, CERTIFICATE_MODE = "2021000000000001", "2021000000000002"
_ALIPAY = {"C": "CN", "O": "Ant Financial", "OU": "Certification Authority", "CN": "Zhanggui Sandbox Root"}
TOLERANCE_SECONDS = 600


@dataclass(frozen=True)
class Application:
    """One application of the seller."""

    number: str
    certified: bool


class Sellers:
    """The keys in the sandbox's folder, and who may speak for whom."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.ring = KeyRing(house.folder / "keys", root=_ALIPAY)
        self.theirs = self.ring.key("alipay")
        self.stranger = self.ring.key("stranger")
        self._ours = self.ring.key("app").public_key()
        self.root_number = number_of(self.ring.root())
        self.alipay_number = number_of(
            self.ring.certificate(
                "alipay", {"C": "CN", "O": "Ant Financial", "OU": "Alipay", "CN": "Sandbox"}
            )
        )
        self.app_number = number_of(
            self.ring.certificate("app", {"C": "CN", "O": "Zhanggui", "OU": "Alipay", "CN": SELLER})
        )
        self.applications = {
            KEY_MODE: Application(KEY_MODE, False),
            CERTIFICATE_MODE: Application(CERTIFICATE_MODE, True),
        }

    def check(self, asked: Mapping[str, str]) -> Application:
        """Whose request it is. Raises Refused as the gateway does before it looks at what is asked."""
        for name in ("method", "app_id", "sign_type", "sign", "timestamp", "version", "charset"):
            if not asked.get(name):
                raise _invalid(f"isv.missing-{name.replace('_', '-')}", f"{name} is missing")
        found = self.applications.get(asked["app_id"])
        if found is None:
            raise _invalid("isv.invalid-app-id", "there is no such application")
        if asked["sign_type"] != "RSA2" or asked["version"] != "1.0":
            raise _invalid("isv.invalid-signature-type", "sign_type is RSA2, version 1.0")
        if found.certified:
            if asked.get("app_cert_sn") != self.app_number:
                raise _invalid("isv.app-cert-sn-not-match", "app_cert_sn is not that of the application")
            if asked.get("alipay_root_cert_sn") != self.root_number:
                raise _invalid("isv.alipay-root-cert-sn-not-match", "alipay_root_cert_sn is not of our roots")
        self._check_signature(asked, self._ours)
        self._check_time(asked["timestamp"])
        return found

    @staticmethod
    def _check_signature(asked: Mapping[str, str], key: rsa.RSAPublicKey) -> None:
        counted = {name: value for name, value in asked.items() if name != "sign" and value}
        if not verifies(sorted_text(counted), asked["sign"], key):
            raise _invalid("isv.invalid-signature", "验签出错，请检查签名字符串或签名私钥与应用公钥是否匹配")

    def _check_time(self, text: str) -> None:
        try:
            at = read_time(text)
        except ValueError:
            raise _invalid("isv.invalid-timestamp", "timestamp is yyyy-MM-dd HH:mm:ss") from None
        if not self.house.clock.hears(at, tolerance_seconds=TOLERANCE_SECONDS):
            raise _invalid("isv.invalid-timestamp", "timestamp is too far from the time in Beijing")

    def client(self) -> dict[str, object]:
        """What our side is configured with, in certificate mode, and in key mode."""
        self.ring.root()
        text = self.ring.text
        settings = {"gateway": f"{self.house.address}/gateway.do", "seller_id": SELLER}
        key = {"app_private_key": text("app_key.pem")}
        return {
            "settings": settings | {"app_id": CERTIFICATE_MODE},
            "secrets": key | {
                "app_certificate": text("app_cert.pem"), "alipay_certificate": text("alipay_cert.pem"),
                "alipay_root_certificate": text("root_cert.pem"),
            },
            "key_mode": {
                "settings": settings | {"app_id": KEY_MODE},
                "secrets": key | {"alipay_public_key": text("alipay_public.pem")},
            },
        }  # fmt: skip


def _invalid(sub: str, said: str) -> Refused:
    return Refused(sub, said, code="40002")
