from dateutil.relativedelta import relativedelta

from odoo import api, fields, models

from ....engine.periods import ONE_DAY, Period

#: How far back the daily proof looks.
MONTHS = 12


class BillingCompletenessSnapshot(models.Model):
    """What the proof found on a day: holes and doubles over time.

    Written by the daily check; nobody edits it.
    """

    _name = "billing.completeness.snapshot"
    _description = "Completeness over Time"
    _order = "date desc, id desc"
    _rec_name = "date"

    company_id = fields.Many2one(
        comodel_name="res.company", required=True, readonly=True, index=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(
        required=True, readonly=True, help="What fell due later was not looked at."
    )
    days_due = fields.Integer(string="Days due", readonly=True)
    days_billed = fields.Integer(string="Days billed once", readonly=True)
    days_waived = fields.Integer(string="Days given up", readonly=True)
    hole_days = fields.Integer(string="Days not billed", readonly=True)
    hole_amount = fields.Monetary(string="Not billed", readonly=True)
    double_days = fields.Integer(string="Days billed twice", readonly=True)
    double_amount = fields.Monetary(string="Billed twice", readonly=True)
    outside_days = fields.Integer(string="Days outside the contract", readonly=True)
    outside_amount = fields.Monetary(string="Outside the contract", readonly=True)
    other_count = fields.Integer(
        string="Other differences",
        readonly=True,
        help="Edited amounts, documents that differ, lines that overlap, terms that "
        "cannot be computed.",
    )

    _one_a_day = models.UniqueIndex(
        "(company_id, date)", "A company is looked at once a day."
    )

    @api.model
    def _cron_take(self):
        """Look at the last months of each company, and keep what was found."""
        cron = self.env["ir.cron"]
        companies = self.env["res.company"].search([("active", "=", True)])
        cron._commit_progress(remaining=len(companies))
        for company in companies:
            taken = self.with_company(company).with_context(
                allowed_company_ids=company.ids
            )
            taken._take()
            if not cron._commit_progress(1):
                break

    def _take(self):
        """Keep what the proof finds for the current company, once a day."""
        service = self.env["billing.completeness"]
        orders = service._search_orders()
        if not orders:
            return self.browse()
        as_of = service._get_as_of()
        kept = self.search(
            [("company_id", "=", self.env.company.id), ("date", "=", as_of)]
        )
        if kept:
            return kept
        first = as_of.replace(day=1) - relativedelta(months=MONTHS - 1)
        totals = service._get_empty_totals()
        for proof in service._stream(orders, Period(first, as_of + ONE_DAY), as_of):
            service._add_totals(totals, proof, as_of)
        vals = {
            "company_id": self.env.company.id,
            "date": as_of,
            "days_due": totals["due"],
            "days_billed": totals["billed"],
            "days_waived": totals["waived"],
            "other_count": sum(
                totals[kind]["count"]
                for kind in ("edited", "overlap", "document", "terms")
            ),
        }
        for kind in ("hole", "double", "outside"):
            vals[f"{kind}_days"] = totals[kind]["days"]
            vals[f"{kind}_amount"] = totals[kind]["amount"]
        # Its own bookkeeping: users read the figures, the check writes them.
        return self.sudo().create(vals)
