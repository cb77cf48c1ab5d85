from odoo import models


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def get_billing_explanations(self):
        """How the amounts of recurring lines were reached, for who may read the ledger.

        :return: what :meth:`BillingEntry.get_explanations` returns, oldest entry first.
        """
        self.check_access("read")
        return self.billing_entry_ids.sorted("id").get_explanations()
