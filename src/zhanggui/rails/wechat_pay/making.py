"""Making the channel `wechat_pay`, and the rails of payouts over it, out of settings and secrets."""

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from zhanggui.rails.wechat_pay.certificates import PUBLIC_KEY_MARK, PlatformKeys
from zhanggui.rails.wechat_pay.channel import WechatPay
from zhanggui.rails.wechat_pay.red_packet_calls import Look, RedPackets, merchant_tls
from zhanggui.rails.wechat_pay.red_packet_messages import HMAC_SHA256, MD5
from zhanggui.rails.wechat_pay.red_packets import WechatRedPackets
from zhanggui.rails.wechat_pay.transport import Transport
from zhanggui.rails.wechat_pay.wallets import WechatWallets

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


def make_wallets(
    settings: Mapping[str, str], secrets: Mapping[str, str], *, folder: Path, clock: Callable[[], datetime]
) -> WechatWallets:
    """This function will return the rail of payouts to WeChat wallets, with a folder for each own account in
    `folder`.

    Settings beside those of `make_channel`: `transfer_scene` (转账场景ID), `transfer_reports` (a JSON object of what
    WeChat wants to be told in that scene), `transfer_most_minor` (the most of one transfer; none by default),
    `transfer_notify_url`. Raises ValueError as `make_channel` does.
    """
    if not settings.get("transfer_scene"):
        raise ValueError("the setting transfer_scene of the channel wechat_pay is missing")
    reports = json.loads(settings.get("transfer_reports") or "{}")
    if not isinstance(reports, dict) or not all(isinstance(said, str) for said in reports.values()):
        raise ValueError("transfer_reports is a JSON object of texts")
    most = settings.get("transfer_most_minor")
    at = settings.get("base_url") or REAL
    return WechatWallets(
        make_channel(settings, secrets).transfers, folder, scene=settings["transfer_scene"], reports=reports,
        key=secrets["api_v3_key"], clock=clock, max_payment_minor=int(most) if most else None,
        notify_url=settings.get("transfer_notify_url", ""), page="" if at == REAL else f"{at}/transfer",
    )  # fmt: skip


def make_red_packets(
    settings: Mapping[str, str], secrets: Mapping[str, str], *, folder: Path, clock: Callable[[], datetime]
) -> WechatRedPackets:
    """This function will return the rail of payouts as red packets, with a folder for each own account in `folder`.

    Settings: `mchid`, `appid` (of the public account), `red_packet_name` (who sends them, 32 characters),
    `red_packet_wish` (128), `red_packet_occasion` (32), `red_packet_scene` (PRODUCT_1 to PRODUCT_8, where one is
    agreed), `red_packet_sign` (MD5, or HMAC-SHA256), `red_packet_most_minor`, `red_packet_base_url` (REAL by default)
    and `red_packet_root` (PEM: whose certificate it has; by default from whom this machine believes), `seconds`.
    Secrets: `private_key` and `merchant_certificate` (PEM: apiclient_key, apiclient_cert), `api_key` (32
    characters). Raises ValueError naming what is missing or wrong.
    """
    for name in ("mchid", "appid", "red_packet_name"):
        if not settings.get(name):
            raise ValueError(f"the setting {name} of the channel wechat_pay is missing")
    for name in ("private_key", "merchant_certificate", "api_key"):
        if not secrets.get(name):
            raise ValueError(f"the secret {name} of the channel wechat_pay is missing")
    key = load_pem_private_key(secrets["private_key"].encode(), password=None)
    if not isinstance(key, RSAPrivateKey):
        raise ValueError("private_key is no RSA key")
    sign_by = settings.get("red_packet_sign") or MD5
    if sign_by not in (MD5, HMAC_SHA256):
        raise ValueError(f"red_packet_sign is {MD5} or {HMAC_SHA256}")
    sender, most = settings["red_packet_name"], settings.get("red_packet_most_minor")
    for name, longest in (("name", 32), ("wish", 128), ("occasion", 32)):
        if len(settings.get(f"red_packet_{name}", "")) > longest:
            raise ValueError(f"red_packet_{name} has at most {longest} characters")
    look = Look(
        sender, settings.get("red_packet_wish") or sender, settings.get("red_packet_occasion") or sender,
        settings.get("red_packet_scene", ""),
    )  # fmt: skip
    packets = RedPackets(
        base_url=settings.get("red_packet_base_url") or REAL, mchid=settings["mchid"], appid=settings["appid"],
        api_key=secrets["api_key"], sign_by=sign_by, look=look, seconds=int(settings.get("seconds") or 15),
        tls=merchant_tls(
            key=key, certificate=secrets["merchant_certificate"], root=settings.get("red_packet_root", "")
        ),
    )  # fmt: skip
    return WechatRedPackets(
        packets, folder, key=hashlib.sha256(secrets["api_key"].encode()).digest(), clock=clock,
        most_minor=int(most) if most else None,
    )  # fmt: skip
