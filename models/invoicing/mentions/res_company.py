from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools.misc import formatLang

from ....engine import statutory
from ....engine.mentions import home_of
from ...plan.numbers import as_decimal


class ResCompany(models.Model):
    """What the law wants to know of who invoices."""

    _inherit = "res.company"

    billing_legal_form = fields.Char(
        string="Legal form", help="As invoices print it: SAS, SARL, EI, GmbH…"
    )
    billing_share_capital = fields.Monetary(string="Share capital")
    billing_register_city = fields.Char(
        string="Register",
        help="The city of the trade register where the company is entered.",
    )
    billing_vat_regime = fields.Selection(
        selection=[
            ("collection", "On collection"),
            ("debits", "On debits"),
            ("exempt", "Exempt"),
            ("small_business", "Small business, no VAT"),
        ],
        string="VAT regime",
        help="When VAT on services becomes due, or why none is charged. Empty: on "
        "collection in France, on debits elsewhere.",
    )
    billing_exemption = fields.Char(
        string="Article of exemption",
        help="The provision that invoices without VAT name, for instance « 261, 4-4° "
        "du CGI ».",
    )
    billing_vat_group = fields.Char(
        string="VAT group",
        help="Name, address and VAT number of the single taxable person that the "
        "company is a member of.",
    )
    billing_late_rate = fields.Float(
        string="Late-payment rate",
        digits=(5, 2),
        help="Percent a year that the company's terms agree on. 0: the rate of the "
        "law, half-year by half-year.",
    )
    billing_early_discount = fields.Float(
        string="Discount for early payment",
        digits=(5, 2),
        help="Percent off what is paid before the due date. 0: none. A payment term "
        "with a discount of its own comes first.",
    )
    billing_mention_policy = fields.Selection(
        selection=[
            ("warn", "Say so and go on"),
            ("block", "Do not post the invoice"),
        ],
        string="When a legal mention is missing",
        default="warn",
        required=True,
        help="An invoice that a run may not post is set aside with its reason.",
    )

    @api.constrains("billing_late_rate", "billing_early_discount")
    def _check_billing_rates(self):
        for company in self:
            if company.billing_late_rate < 0 or company.billing_early_discount < 0:
                raise ValidationError(
                    self.env._(
                        "%(company)s: a rate cannot be negative. Enter 0 for that of "
                        "the law, or for no discount.",
                        company=company.name,
                    )
                )
            today = company._billing_today()
            if company._is_billing_rate_too_low(today):
                lowest = company._get_billing_lowest_rate(today)
                raise ValidationError(
                    self.env._(
                        "%(company)s: a late-payment rate of %(rate)s %% is below "
                        "%(lowest)s %%, three times the legal interest rate (C. com. "
                        "L441-10). Enter at least that, or 0 for the rate of the law.",
                        company=company.name,
                        rate=formatLang(self.env, company.billing_late_rate),
                        lowest=formatLang(self.env, float(lowest)),
                    )
                )

    def _is_billing_rate_too_low(self, day):
        """Whether the company's own rate is lower than the law lets it be."""
        lowest = self._get_billing_lowest_rate(day)
        own = self.billing_late_rate
        return bool(own and lowest and as_decimal(own) < lowest)

    def _get_billing_lowest_rate(self, day):
        """The lowest late-payment rate that the company's terms may agree on.

        :return: percent as Decimal, or None where the law sets none.
        """
        self.ensure_one()
        if not self._is_billing_french():
            return None
        rates = self.env["billing.statutory.rate"]._get_rates()
        return statutory.lowest_rate(rates, on=day)

    def _get_billing_late_rate(self, day):
        """The rate of late-payment penalties between professionals on a day.

        :return: percent a year as Decimal, or None when it is not known.
        """
        self.ensure_one()
        own = as_decimal(self.billing_late_rate) if self.billing_late_rate else None
        rates = self.env["billing.statutory.rate"]._get_rates()
        scheme = self._get_billing_late_scheme()
        return statutory.late_rate(rates, on=day, own=own, scheme=scheme)

    def _get_billing_late_scheme(self):
        """Whose law says what late payment costs: ``french``, ``union``; else empty."""
        if self._is_billing_french():
            return "french"
        country = self._get_billing_country()
        union = self.env["billing.statutory.rate"]._get_union()
        if country.code in union and self.currency_id.name == "EUR":
            return "union"
        return ""

    def _get_billing_vat_regime(self):
        """The company's VAT regime, or the usual one of its country."""
        usual = "collection" if self._is_billing_french() else "debits"
        return self.billing_vat_regime or usual

    def _is_billing_french(self):
        """Whether French commercial law holds for its invoices."""
        return home_of(self._get_billing_country().code or "") == "FR"

    def _get_billing_country(self):
        """The country whose law the company's invoices follow."""
        return self.country_id or self.account_fiscal_country_id

    def _billing_get_fault_remedy(self):
        """Where the company's facts are entered, for those who may."""
        if not self.has_access("write"):
            return False, False
        return self.env._("Open the company"), {
            "type": "ir.actions.act_window",
            "res_model": "res.company",
            "res_id": self.id,
            "views": [(False, "form")],
        }
