"""What the log of changes records, in words: the act `receipt.claimed` is "Receipt: claimed" where no sentence is
better."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from zhanggui.portals.platform.words import APPROVAL_KINDS

Words = dict[str, str | Promise]

SENTENCES: Final[Words] = {
    "anomaly_rule.published": gettext_lazy("Anomaly rule published"),
    "alert.handled": gettext_lazy("Alert handled"), "job.run": gettext_lazy("Job run by hand"),
    "coupon.issued": gettext_lazy("Coupon issued"), "buyer.level_set": gettext_lazy("Member level set"),
    "order.held": gettext_lazy("Order held"), "order.released": gettext_lazy("Order released"),
    "party.opened": gettext_lazy("Party opened"), "party.classified": gettext_lazy("Level or category set"),
    "business_line.opened": gettext_lazy("Business line opened"),
    "fee_type.added": gettext_lazy("Fee type added"),
    "terms.set": gettext_lazy("Terms set"), "rule_set.published": gettext_lazy("Rule set published"),
    "detail.corrected": gettext_lazy("Detail corrected"),
    "statement.confirmed": gettext_lazy("Statement confirmed"),
    "dispute.opened": gettext_lazy("Dispute opened"), "dispute.upheld": gettext_lazy("Dispute upheld"),
    "dispute.rejected": gettext_lazy("Dispute rejected"),
    "approval.requested": gettext_lazy("Put up for approval"), "approval.approved": gettext_lazy("Approved"),
    "approval.rejected": gettext_lazy("Rejected"), "approval.withdrawn": gettext_lazy("Withdrawn"),
    "approval.expired": gettext_lazy("Run out"), "approval.limit_set": gettext_lazy("Limit of approval set"),
    "security.audited": gettext_lazy("Security audited"), "backup.tested": gettext_lazy("Backup tested"),
    "key.issued": gettext_lazy("Key issued"), "key.revoked": gettext_lazy("Key revoked"),
    "demo.played": gettext_lazy("Demo played"),
    "factor.set_up": gettext_lazy("Second factor set up"),
    "factor.removed": gettext_lazy("Second factor removed"),
    "factor.recovery_used": gettext_lazy("Recovery code used"),
    "factor.recovery_renewed": gettext_lazy("Recovery codes renewed"),
    "sessions.ended": gettext_lazy("Sessions ended"), "password.changed": gettext_lazy("Password changed"),
    "number.revealed": gettext_lazy("Number revealed"),
    "payout_file.opened": gettext_lazy("Payment file opened"), "keys.rotated": gettext_lazy("Keys rotated"),
    "role.given": gettext_lazy("Role given"), "role.taken": gettext_lazy("Role taken"),
    "person.added": gettext_lazy("Person added"), "person.switched_off": gettext_lazy("Log-in switched off"),
    "person.switched_on": gettext_lazy("Log-in switched on"), "backup.made": gettext_lazy("Backup made"),
    "backup.restored": gettext_lazy("Backup restored"),
    "own_account.opened": gettext_lazy("Account of ours opened"),
    "own_account.details_changed": gettext_lazy("Details of an account of ours changed"),
    "own_account.closed": gettext_lazy("Account of ours closed"),
    "own_account.reopened": gettext_lazy("Account of ours opened again"),
    "reconciliation.rule_set": gettext_lazy("Reconciliation rule set"),
    "deposit_requirement.set": gettext_lazy("Deposit requirement set"),
    "reserve_policy.set": gettext_lazy("Reserve policy set"),
    "collection_policy.set": gettext_lazy("Debt policy set"),
    "rebate_agreement.requested": gettext_lazy("Rebate agreement put up for approval"),
    "rebate_agreement.approved": gettext_lazy("Rebate agreement approved"),
    "charge_feed.added": gettext_lazy("Charge feed added"),
    "charge_feed.changed": gettext_lazy("Charge feed changed"),
    "charge_feed.switched_on": gettext_lazy("Charge feed switched on"),
    "charge_feed.switched_off": gettext_lazy("Charge feed switched off"),
    "charge_feed.asked": gettext_lazy("Pull of a charge feed asked for"),
    "charge_feed.restarted": gettext_lazy("Charge feed begun anew"),
    "password.chosen": gettext_lazy("Password chosen"),
    "buyers.merged": gettext_lazy("Two accounts of a buyer made one"),
    "identity.bound": gettext_lazy("Outside log-in added"),
    "identity.unbound": gettext_lazy("Outside log-in removed"),
    "channel.kept": gettext_lazy("Payment channel set up"),
    "digital_items.added": gettext_lazy("Codes of digital goods added"),
    "goods.drafted": gettext_lazy("Goods drafted"), "goods.changed": gettext_lazy("Goods changed"),
    "goods.priced": gettext_lazy("Price of goods set"), "goods.banned": gettext_lazy("Goods banned"),
    "shop.open": gettext_lazy("Shop sells again"), "shop.suspended": gettext_lazy("Shop suspended"),
    "goods.listed_from_supply": gettext_lazy("Supply goods listed in a shop"),
    "goods.uploaded": gettext_lazy("File of goods taken in"),
    "shipping_file.uploaded": gettext_lazy("Shipping file taken in"),
    "parameter.set": gettext_lazy("Parameter of the mall set"),
    "carrier_tariff.set": gettext_lazy("Carrier's tariff set"),
    "refund.asked_again": gettext_lazy("Refund to a buyer asked for again"),
    "refund.paid_otherwise": gettext_lazy("Refund to a buyer paid otherwise"),
    "return.decided": gettext_lazy("After-sale case decided by the platform"),
    "review.answered": gettext_lazy("Review answered"),
    "review.shown": gettext_lazy("Review shown or hidden"),
    "password.set": gettext_lazy("Password set"), "factor.reset": gettext_lazy("Second factor reset"),
}  # fmt: skip
NOUNS: Final[Words] = {
    "coupon": gettext_lazy("Coupon"), "saving": gettext_lazy("Spend and save"),
    "freight_template": gettext_lazy("Freight template"),
    **APPROVAL_KINDS, "order": gettext_lazy("Order"),
    "business_line": gettext_lazy("Business line"), "charge_feed": gettext_lazy("Charge feed"),
    "party": gettext_lazy("Party"), "fee_type": gettext_lazy("Fee type"),
    "settlement_terms": gettext_lazy("Terms"), "rule_set": gettext_lazy("Rule set"),
    "detail": gettext_lazy("Detail"), "statement": gettext_lazy("Statement"),
    "dispute": gettext_lazy("Dispute"), "approval_limit": gettext_lazy("Limit of approval"),
    "anomaly_rule": gettext_lazy("Anomaly rule"), "alert": gettext_lazy("Alert"), "job": gettext_lazy("Job"),
    "demo": gettext_lazy("Demo"), "security_audit": gettext_lazy("Security audit"),
    "api_key": gettext_lazy("Key"),
    "user": gettext_lazy("Person"),
    "key_ring": gettext_lazy("Key ring"), "backup": gettext_lazy("Backup"),
    "own_account": gettext_lazy("Account of ours"),
    "deposit_requirement": gettext_lazy("Deposit requirement"),
    "reserve_policy": gettext_lazy("Reserve policy"), "collection_policy": gettext_lazy("Debt policy"),
    "adjustment": gettext_lazy("Adjustment"), "bill": gettext_lazy("Bill"), "debt": gettext_lazy("Debt"),
    "deposit": gettext_lazy("Deposit"), "deposit_order": gettext_lazy("Deposit order"),
    "difference": gettext_lazy("Difference"), "hold": gettext_lazy("Hold"), "invoice": gettext_lazy("Invoice"),
    "received_invoice": gettext_lazy("Received invoice"), "invoice_policy": gettext_lazy("Invoice policy"),
    "own_file": gettext_lazy("Merchant's own file"), "own_check": gettext_lazy("Merchant's own file"),
    "payout": gettext_lazy("Payout"), "payout_batch": gettext_lazy("Payout batch"),
    "rebate": gettext_lazy("Rebate"), "rebate_agreement": gettext_lazy("Rebate agreement"),
    "receipt": gettext_lazy("Receipt"), "receipt_refund": gettext_lazy("Return of a receipt"),
    "receiver": gettext_lazy("Receiving account"), "reconciliation": gettext_lazy("Reconciliation"),
    "reconciliation_rule": gettext_lazy("Reconciliation rule"),
    "tax": gettext_lazy("Tax"), "tax_month": gettext_lazy("Tax month"),
    "tax_profile": gettext_lazy("Tax data"), "tax_treatment": gettext_lazy("Tax rate"),
    "withholding": gettext_lazy("Withholding table"), "withholding_table": gettext_lazy("Withholding table"),
    "write_off": gettext_lazy("Write-off"),
    "brand": gettext_lazy("Brand"), "category": gettext_lazy("Category"),
    "product_type": gettext_lazy("Product type"), "goods": gettext_lazy("Goods"), "sku": gettext_lazy("SKU"),
    "goods_upload": gettext_lazy("File of goods"), "shop": gettext_lazy("Shop"),
    "warehouse": gettext_lazy("Warehouse"), "review": gettext_lazy("Review of goods"),
    "buyer": gettext_lazy("Buyer"), "buyer_refund": gettext_lazy("Refund to a buyer"),
    "mall_parameter": gettext_lazy("Parameter of the mall"),
    "carrier_tariff": gettext_lazy("Carrier's tariff"),
    "payment_channel": gettext_lazy("Payment channel"), "return_case": gettext_lazy("After-sale case"),
    "shipping_file": gettext_lazy("Shipping file"), "split": gettext_lazy("Split of an order"),
    "split_receiver": gettext_lazy("Account for shares"), "split_rules": gettext_lazy("Rules of splits"),
}  # fmt: skip
VERBS: Final[Words] = {
    "added": pgettext_lazy("act", "added"), "changed": pgettext_lazy("act", "changed"),
    "requested": pgettext_lazy("act", "put up for approval"), "approved": pgettext_lazy("act", "approved"),
    "rejected": pgettext_lazy("act", "rejected"), "withdrawn": pgettext_lazy("act", "withdrawn"),
    "expired": pgettext_lazy("act", "run out"), "imported": pgettext_lazy("act", "taken in"),
    "dunned": pgettext_lazy("act", "dunned"), "noted": pgettext_lazy("act", "noted"),
    "opened": pgettext_lazy("act", "opened"), "set_off": pgettext_lazy("act", "set off"),
    "settled_from_deposit": pgettext_lazy("act", "settled from the deposit"),
    "demanded": pgettext_lazy("act", "asked for"), "topped_up": pgettext_lazy("act", "topped up"),
    "adjusted": pgettext_lazy("act", "adjusted"), "assigned": pgettext_lazy("act", "assigned"),
    "explained": pgettext_lazy("act", "explained"), "made": pgettext_lazy("act", "made"),
    "released": pgettext_lazy("act", "released"), "drafted": pgettext_lazy("act", "drafted"),
    "sent": pgettext_lazy("act", "sent"), "checked": pgettext_lazy("act", "checked"),
    "computed": pgettext_lazy("act", "computed"), "claimed": pgettext_lazy("act", "claimed"),
    "claim_reversed": pgettext_lazy("act", "claim reversed"), "recorded": pgettext_lazy("act", "recorded"),
    "reversed": pgettext_lazy("act", "reversed"), "closed": pgettext_lazy("act", "closed"),
    "proposed": pgettext_lazy("act", "proposed"), "verified": pgettext_lazy("act", "verified"),
    "rule_set": pgettext_lazy("act", "rule set"), "given_back": pgettext_lazy("act", "given back"),
    "withheld": pgettext_lazy("act", "withheld"), "set": pgettext_lazy("act", "set"),
    "carried_out": pgettext_lazy("act", "carried out"), "issued": pgettext_lazy("act", "issued"),
    "voided": pgettext_lazy("act", "voided"), "draft": pgettext_lazy("act", "back to draft"),
    "expected": pgettext_lazy("act", "expected"), "received": pgettext_lazy("act", "received"),
    "verifying": pgettext_lazy("act", "being verified"), "written_off": pgettext_lazy("act", "written off"),
    "paying": pgettext_lazy("act", "being paid"), "paid": pgettext_lazy("act", "paid"),
    "failed": pgettext_lazy("act", "failed"), "collecting": pgettext_lazy("act", "being collected"),
    "collected": pgettext_lazy("act", "collected"), "confirmed": pgettext_lazy("act", "confirmed"),
    "submitted": pgettext_lazy("act", "handed in"), "sending": pgettext_lazy("act", "being sent"),
    "cancelled": pgettext_lazy("act", "cancelled"), "done": pgettext_lazy("act", "done"),
    "ended": pgettext_lazy("act", "ended"), "published": pgettext_lazy("act", "published"),
    "refused": pgettext_lazy("act", "refused by the channel"),
    "asked_again": pgettext_lazy("act", "asked for again"), "stopped": pgettext_lazy("act", "stopped"),
    "answer_applied": pgettext_lazy("act", "the bank answered"),
    "answer_repeated": pgettext_lazy("act", "the bank answered again"),
    "answer_never_sent": pgettext_lazy("act", "the bank answered what was never sent"),
    "answer_amount_differs": pgettext_lazy("act", "the bank answered another amount"),
    "answer_contradicts": pgettext_lazy("act", "the bank contradicts itself"),
}  # fmt: skip


def act_in_words(action: str) -> str:
    """An act of the log: by its own sentence, else by its noun and verb; one that nobody knows as it is."""
    if action in SENTENCES:
        return str(SENTENCES[action])
    noun, _dot, verb = action.partition(".")
    if noun in NOUNS and verb in VERBS:
        return _("%(noun)s: %(verb)s") % {"noun": NOUNS[noun], "verb": VERBS[verb]}
    return action


def object_in_words(kind: str) -> str:
    """The kind of thing that was changed."""
    return str(NOUNS.get(kind, kind))
