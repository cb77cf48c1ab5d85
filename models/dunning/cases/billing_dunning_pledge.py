from odoo import api, models


class BillingDunningPledge(models.AbstractModel):
    """What is agreed on shows on the case at once."""

    _inherit = "billing.dunning.pledge"

    @api.model_create_multi
    def create(self, vals_list):
        pledges = super().create(vals_list)
        pledges._refresh_cases()
        return pledges

    def write(self, vals):
        res = super().write(vals)
        self._refresh_cases()
        return res

    def _refresh_cases(self):
        """Look again at the customers concerned; not while the service itself looks."""
        if self.env.context.get("billing_dunning_looking"):
            return
        service = self.env["billing.dunning"]
        for company, pledges in self.grouped("company_id").items():
            service.with_company(company)._refresh(pledges.partner_id, follow=False)


class BillingDunningPledges(models.AbstractModel):
    _inherit = "billing.dunning.pledges"

    @api.model
    def _cron_refresh(self):
        # EXTENDS pledges: the job of the cases looks at all customers anyway.
        service = self.with_context(billing_dunning_looking=True)
        return super(BillingDunningPledges, service)._cron_refresh()
