"""Refusals of the vault, in order of precedence."""

from zhanggui.money.errors import Refusal


class VaultError(Refusal):
    """Root of the refusals of this package."""

    code = "vault_refused"


class KeyRingUnusable(VaultError):
    """The key ring is missing, damaged, or open to others; nothing can be sealed or unsealed with it."""

    code = "key_ring_unusable"
    http_status = 503


class KeyRingGiven(VaultError):
    """The key ring comes from the environment, so it cannot be changed here."""

    code = "key_ring_given"
    http_status = 409


class RotationRunning(VaultError):
    """Another process is re-sealing values under a new key."""

    code = "rotation_running"
    http_status = 409


class UnknownSealKey(VaultError):
    """The value was sealed under a key that the ring does not have."""

    code = "unknown_seal_key"
    http_status = 409


class SealBroken(VaultError):
    """The value is not what was sealed: damaged, changed, or sealed for another purpose."""

    code = "seal_broken"
    http_status = 409
