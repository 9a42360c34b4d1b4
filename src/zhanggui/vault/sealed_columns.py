"""Every column that holds sealed values: what key rotation re-seals and the invariant watches.

Add yours here, by name (the vault knows nobody's models; a test holds this list against them). Two things must
hold of such a table: a guard on it, if any, lets the sealed column alone be replaced, and no digest or comparison
covers the sealed bytes, which differ every time; digest the mask, or the plain number before it is sealed.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class SealedColumn:
    """One column: where it is, the key of its table, what its values are sealed for.

    With `member` the column is JSON, and the sealed value is that member of it, in base64.
    """

    table: str
    column: str
    keys: tuple[str, ...]
    purpose: str
    member: str = ""

    @property
    def name(self) -> str:
        return f"{self.table}.{self.column}" + (f".{self.member}" if self.member else "")

    @property
    def value_sql(self) -> str:
        """The sealed value as bytes, in SQL; empty or null where there is none."""
        if self.member:
            return f"""decode("{self.column}"->>'{self.member}', 'base64')"""
        return f'"{self.column}"'

    @property
    def key_sql(self) -> str:
        return ", ".join(f'"{key}"' for key in self.keys)


SEALED: tuple[SealedColumn, ...] = (
    SealedColumn("settlement_own_account", "number_sealed", ("id",), "own_account.number"),
    SealedColumn("settlement_contract", "file_sealed", ("id",), "contract.file"),
    SealedColumn("settlement_receiver", "number_sealed", ("id",), "receiver.number"),
    SealedColumn("settlement_receiver", "digest_key_sealed", ("id",), "receiver.digest_key"),
    SealedColumn("settlement_payout", "receiver_sealed", ("id",), "receiver.number"),
    SealedColumn("settlement_payout_file", "content_sealed", ("id",), "payout_file.content"),
    SealedColumn("settlement_tax_profile", "bank_account_sealed", ("id",), "tax_profile.bank_account"),
    SealedColumn("settlement_charge_feed", "token_sealed", ("id",), "charge_feed.token"),
    SealedColumn("settlement_split_receiver", "account_sealed", ("id",), "split_receiver.account"),
    SealedColumn("settlement_split_receiver", "name_sealed", ("id",), "split_receiver.name"),
    SealedColumn("payments_channel", "secrets_sealed", ("id",), "payment_channel.secrets"),
    SealedColumn("payments_refund_repair", "card_sealed", ("id",), "refund_repair.card"),
    SealedColumn("payments_refund_repair", "holder_sealed", ("id",), "refund_repair.holder"),
    SealedColumn("trade_pickup_code", "sealed", ("order_id",), "pickup.code"),
    SealedColumn("trade_application", "licence_sealed", ("id",), "application.licence"),
    SealedColumn("trade_digital_item", "sealed", ("id",), "digital.item"),
    SealedColumn("mfa_authenticator", "data", ("id",), "factor.secret", member="secret"),
    SealedColumn("mfa_authenticator", "data", ("id",), "factor.secret", member="seed"),
)
