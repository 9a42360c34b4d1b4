"""zhanggui sandbox: a gateway, or log-ins, of our own to try against; it moves no real money."""

import argparse
import importlib
from pathlib import Path

from zhanggui.portals.shell.errors import AddressTaken
from zhanggui.portals.shell.output import Output

HELP = "serve the sandbox of a payment gateway, or of log-ins, until stopped; no real money moves"
SANDBOXES = {
    "alipay": ("zhanggui.rails.alipay.sandbox.gateway", "AlipaySandbox"),
    "identity": ("zhanggui.rails.identity_sandbox.gateway", "IdentitySandbox"),
    "unionpay": ("zhanggui.rails.unionpay.sandbox.gateway", "UnionpaySandbox"),
    "wechat": ("zhanggui.rails.wechat_pay.sandbox.gateway", "WechatGateway"),
}
"""Name, module and class of every gateway there is a sandbox of."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", choices=sorted(SANDBOXES), help="whose gateway")
    parser.add_argument(
        "--folder", type=Path, required=True, metavar="DIR",
        help="where it keeps its state, keys and client.json, made when new",
    )  # fmt: skip
    parser.add_argument("--host", default="127.0.0.1", help="address to listen at (default %(default)s)")
    parser.add_argument("--port", type=int, default=0, help="0 for any free one (default %(default)s)")
    parser.add_argument(
        "--address",
        default="",
        help="how browsers reach it, if not by host and port, e.g. http://10.0.0.5:9001",
    )


def run(options: argparse.Namespace, out: Output) -> int:
    # A sandbox needs neither a database nor Django.
    from zhanggui.rails.sandbox_server.serving import serve_sandbox

    def ready(document: dict[str, str]) -> None:
        out.result(
            document, lambda told: f"The sandbox {told['sandbox']} serves at {told['address']}/sandbox/"
        )

    module, name = SANDBOXES[options.name]
    try:
        serve_sandbox(
            getattr(importlib.import_module(module), name), folder=options.folder, host=options.host,
            port=options.port, address=options.address, ready=ready,
        )  # fmt: skip
    except OSError as failed:
        if failed.filename is not None:
            raise
        raise AddressTaken(
            f"cannot listen at {options.host}:{options.port} ({failed.strerror or failed}); choose another with"
            " --port",
            host=options.host,
            port=options.port,
        ) from failed
    return 0
