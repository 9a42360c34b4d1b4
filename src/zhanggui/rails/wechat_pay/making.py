"""Making the channel `wechat_pay` out of settings and secrets."""

from collections.abc import Mapping

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from zhanggui.rails.wechat_pay.certificates import PUBLIC_KEY_MARK, PlatformKeys
from zhanggui.rails.wechat_pay.channel import WechatPay
from zhanggui.rails.wechat_pay.transport import Transport

REAL = "https://api.mch.weixin.qq.com"


def make_channel(settings: Mapping[str, str], secrets: Mapping[str, str]) -> WechatPay:
    """This function will return a channel.

    Settings: `mchid`, `appid`, `serial_no` (of our API certificate), `base_url` (REAL by default), `public_key_id`
    and `public_key` (PEM; without them platform certificates are fetched), `seconds` (patience with an answer, 15),
    `proxy`. Secrets: `private_key` (PEM), `api_v3_key` (32 characters). Raises ValueError naming what is missing or
    wrong.
    """
    for name in ("mchid", "appid", "serial_no"):
        if not settings.get(name):
            raise ValueError(f"the setting {name} of the channel wechat_pay is missing")
    for name in ("private_key", "api_v3_key"):
        if not secrets.get(name):
            raise ValueError(f"the secret {name} of the channel wechat_pay is missing")
    if len(secrets["api_v3_key"].encode()) != 32:
        raise ValueError("api_v3_key has 32 characters")
    key = load_pem_private_key(secrets["private_key"].encode(), password=None)
    if not isinstance(key, RSAPrivateKey):
        raise ValueError("private_key is no RSA key")
    key_id = settings.get("public_key_id", "")
    if bool(key_id) != bool(settings.get("public_key")) or (
        key_id and not key_id.startswith(PUBLIC_KEY_MARK)
    ):
        raise ValueError(f"public_key_id ({PUBLIC_KEY_MARK}...) and public_key go together")
    transport = Transport(
        base_url=settings.get("base_url") or REAL, mchid=settings["mchid"], serial_no=settings["serial_no"],
        private_key=key, api_v3_key=secrets["api_v3_key"], seconds=int(settings.get("seconds") or 15),
        keys=PlatformKeys(public_key_id=key_id, public_key_pem=settings.get("public_key", "")),
        proxy=settings.get("proxy", ""),
    )  # fmt: skip
    return WechatPay(transport, appid=settings["appid"])
