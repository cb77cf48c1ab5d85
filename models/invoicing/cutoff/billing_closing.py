from odoo import fields, models


class BillingClosing(models.AbstractModel):
    _inherit = "billing.closing"

    def _get_checks(self, span):
        # EXTENDS recurring_billing: the month's revenue is cut off.
        return [*super()._get_checks(span), self._check_cutoff(span)]

    def _check_cutoff(self, span):
        """The cut-off of the month's last day is written and posted, or there is
        nothing to cut off.
        """
        company = self.env.company
        # A number and a state, for who closes the month; the figures stay with
        # accounting.
        cutoffs = self.env["billing.cutoff"].sudo()
        cutoff = cutoffs.search(
            [
                ("company_id", "=", company.id),
                ("date", "=", span.last),
                ("state", "=", "written"),
            ],
            limit=1,
        )
        action = self.env["ir.actions.actions"]._for_xml_id(
            "recurring_billing.billing_cutoff_action"
        )
        action["context"] = {"default_date": fields.Date.to_string(span.last)}
        label = self.env._("Cut-off")
        if not cutoff:
            if not cutoffs._has_figures(company, span.last):
                return self._prepare_check("cutoff", label, 0, action)
            check = self._prepare_check("cutoff", label, 1, action)
            return {**check, "text": self.env._("not written yet")}
        posted = cutoff.move_id.state == "posted"
        check = self._prepare_check("cutoff", label, int(not posted), action)
        if posted:
            return {**check, "text": self.env._("written")}
        action.update(res_id=cutoff.id, views=[[False, "form"]], view_mode="form")
        return {**check, "text": self.env._("not posted yet")}
