"""zhanggui payment-channels: our accounts at payment channels, and the keys with which we speak there."""

import argparse
import json
from pathlib import Path
from typing import Any

from zhanggui.journeys.channel_kept import channel_kept
from zhanggui.payments.models import PaymentChannel
from zhanggui.portals.shell.errors import BadArguments
from zhanggui.portals.shell.moments import clock
from zhanggui.portals.shell.output import Output
from zhanggui.portals.shell.people import actor_who_may, takes_person

HELP = "payment channels: list them, keep one with its settings and sealed keys, switch one off and on"
type Document = dict[str, Any]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(dest="act", required=True, metavar="{list,keep,off,on}")
    acts.add_parser("list", help="every channel; never a key")
    kept = acts.add_parser("keep", help="add a channel, or change it; keys that are not named stay")
    off = acts.add_parser(
        "off", help="nobody is offered it any more; what was paid is still asked and refunded"
    )
    on = acts.add_parser("on", help="buyers are offered it again")
    for act in (kept, off, on):
        act.add_argument("channel", metavar="CHANNEL", help="its code, such as wechat")
    kept.add_argument(
        "--rail", metavar="RAIL", help="wechat_pay, alipay, unionpay or offline (bank transfers)"
    )
    kept.add_argument("--account", metavar="NUMBER", help="our number there (mchid, seller_id, merId)")
    kept.add_argument("--currency", metavar="CODE", help="CNY for a new channel")
    kept.add_argument("--zh", metavar="NAME", help="name in Chinese")
    kept.add_argument("--en", metavar="NAME", help="name in English")
    kept.add_argument("--combined", action="store_true", help="it keeps the parts of a payment apart")
    kept.add_argument(
        "--file", type=Path, metavar="FILE",
        help="JSON with `settings` and `secrets` of its rail, as a sandbox writes client.json",
    )  # fmt: skip
    takes_person(kept, off, on)
    for act in acts.choices.values():
        act.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS)


def run(options: argparse.Namespace, out: Output) -> int:
    if options.act == "list":
        rows = [_told(row) for row in PaymentChannel.objects.order_by("position", "id")]
        out.result({"channels": rows}, lambda _: "\n".join(map(_line, rows)) or "no payment channel yet")
        return 0
    actor = actor_who_may(options.person, "channels.change")
    now = PaymentChannel.objects.filter(code=options.channel).first()
    if options.act != "keep" and now is None:
        raise BadArguments(
            f"there is no channel {options.channel!r}; `zhanggui payment-channels list` shows all"
        )
    document = _document(getattr(options, "file", None))
    named = {name: getattr(options, name, None) for name in ("rail", "account", "currency")}
    before = now or PaymentChannel(code=options.channel, currency="CNY", name={}, settings={})
    settings = before.settings | document.get("settings", {})
    if getattr(options, "combined", False):
        settings |= {"combines": "yes"}
    names = {"zh": getattr(options, "zh", None), "en": getattr(options, "en", None)}
    row = channel_kept(
        code=options.channel, rail=named["rail"] or document.get("rail") or before.rail,
        account=named["account"] or before.account, currency=named["currency"] or before.currency,
        name=before.name | {language: text for language, text in names.items() if text}, settings=settings,
        secrets=document.get("secrets"), active=before.active if options.act == "keep" else options.act == "on",
        at=clock(), actor=actor,
    )  # fmt: skip
    out.result(_told(row), _line)
    return 0


def _document(path: Path | None) -> Document:
    """What the file holds; nothing where none was named. Raises BadArguments."""
    if path is None:
        return {}
    try:
        found = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as fault:
        raise BadArguments(f"{path} cannot be read as JSON: {fault}") from None
    texts = [found.get(part, {}) for part in ("settings", "secrets")] if isinstance(found, dict) else []
    if not texts or not all(
        isinstance(part, dict) and all(isinstance(one, str) for one in part.values()) for part in texts
    ):
        raise BadArguments(f"{path} has to hold `settings` and `secrets`, names and texts each")
    return dict(found)


def _told(row: PaymentChannel) -> Document:
    same = ("code", "name", "rail", "currency", "account", "active")
    return {name: getattr(row, name) for name in same} | {"has_secrets": bool(bytes(row.secrets_sealed))}


def _line(told: Document) -> str:
    state = "in use" if told["active"] else "off"
    keys = "keys sealed" if told["has_secrets"] else "no keys"
    return f"{told['code']:<12} {told['rail']:<12} {told['account']:<20} {told['currency']} {state}, {keys}"
