"""One-time codes for tests: set a person up with a second factor, and say the code of a moment."""

import base64
import hashlib
import hmac
import struct
import time

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP

SECRET = base64.b32encode(b"12345678901234567890").decode()
"""The secret of the test vectors of RFC 6238."""


def give_factor(user, secret=SECRET):
    """Set the person up, as if done on the page; the recovery codes."""
    TOTP.activate(user, secret)
    return RecoveryCodes.activate(user).get_unused_codes()


def code_at(seconds=None, secret=SECRET, digits=6):
    """The code of a moment, now if none is named; written from the RFC, not with what is tested."""
    counter = int(time.time() if seconds is None else seconds) // 30
    mac = hmac.new(base64.b32decode(secret), struct.pack(">Q", counter), hashlib.sha1).digest()
    start = mac[-1] & 15
    return str((struct.unpack(">I", mac[start : start + 4])[0] & 0x7FFFFFFF) % 10**digits).zfill(digits)
