"""Refusals of pricing, in order of precedence."""

from zhanggui.money.errors import Refusal


class UnknownFreightTemplate(Refusal):
    """The shop has no freight template of this code."""

    code = "unknown_freight_template"
    http_status = 404


class UnknownTariffCarrier(Refusal):
    """There is no carrier of this code."""

    code = "unknown_tariff_carrier"
    http_status = 404


class CarrierTariffWrong(Refusal):
    """A carrier's tariff cannot be counted by, or would hold for what was shipped already."""

    code = "carrier_tariff_wrong"
    http_status = 422


class FreightTemplateWrong(Refusal):
    """A freight template lacks something, or says something that cannot be counted by."""

    code = "freight_template_wrong"
    http_status = 422


class FreightTemplateTaken(Refusal):
    """The shop has another freight template of this code."""

    code = "freight_template_taken"
    http_status = 409


class FreightTemplateInUse(Refusal):
    """Goods on sale name the template."""

    code = "freight_template_in_use"
    http_status = 409
