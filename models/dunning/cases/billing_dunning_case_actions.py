from odoo import models


class BillingDunningCase(models.Model):
    """What a person does with a case."""

    _inherit = "billing.dunning.case"

    def action_look_again(self):
        """Read the books again, for who may follow what is unpaid."""
        self.check_access("write")
        for company, cases in self.grouped("company_id").items():
            self.env["billing.dunning"].with_company(company)._refresh(cases.partner_id)

    def action_promise(self):
        """Note that the customer promises to pay."""
        return self._open_pledge("billing.dunning.promise", self.env._("Promise"))

    def action_dispute(self):
        """Note that the customer does not agree."""
        return self._open_pledge("billing.dunning.dispute", self.env._("Dispute"))

    def action_plan(self):
        """Agree on instalments."""
        return self._open_pledge("billing.dunning.plan", self.env._("Payment plan"))

    def action_hold(self):
        """Keep reminders back."""
        return self._open_pledge("billing.dunning.hold", self.env._("Hold"))

    def _open_pledge(self, model, name):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "view_mode": "form",
            "target": "new" if model != "billing.dunning.plan" else "current",
            "context": {
                "default_partner_id": self.partner_id.id,
                "default_company_id": self.company_id.id,
            },
        }
