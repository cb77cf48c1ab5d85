from odoo import fields, models


class BillingRestDay(models.Model):
    """A day on which nobody is reminded, beside weekends and public holidays."""

    _name = "billing.rest.day"
    _description = "Rest Day"
    _order = "date, id"

    name = fields.Char(required=True, translate=True)
    date = fields.Date(string="Day", required=True, index=True)
    company_id = fields.Many2one(
        comodel_name="res.company",
        default=lambda self: self.env.company,
        help="Only this company rests. Empty: all companies.",
    )
    country_id = fields.Many2one(
        comodel_name="res.country",
        help="Only customers of this country are left in peace. Empty: all customers.",
    )

    _day_unique = models.UniqueIndex(
        "(date, COALESCE(company_id, 0), COALESCE(country_id, 0))",
        "This day is a rest day already.",
    )
