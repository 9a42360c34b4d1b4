"""How allauth keeps the secrets of second factors: sealed by the vault, never in the clear."""

import base64
import binascii

from allauth.mfa.adapter import DefaultMFAAdapter

from zhanggui.vault.errors import SealBroken
from zhanggui.vault.sealing import seal, unseal

PURPOSE = "factor.secret"


class SealedFactors(DefaultMFAAdapter):
    """The MFA adapter (MFA_ADAPTER): secrets of one-time codes and seeds of recovery codes are sealed."""

    def encrypt(self, text: str) -> str:
        """`text` sealed, as base64 for the JSON column."""
        return base64.b64encode(seal(text, purpose=PURPOSE)).decode("ascii")

    def decrypt(self, encrypted_text: str) -> str:
        """What was sealed. Raises SealBroken, UnknownSealKey."""
        try:
            sealed = base64.b64decode(encrypted_text.encode("ascii"), validate=True)
        except (binascii.Error, UnicodeEncodeError) as failed:
            raise SealBroken(
                "the secret of a second factor is damaged; reset the person's factor"
            ) from failed
        return unseal(sealed, purpose=PURPOSE)
