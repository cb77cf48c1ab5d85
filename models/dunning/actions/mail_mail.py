from odoo import models


class MailMail(models.Model):
    _inherit = "mail.mail"

    def _has_billing_deliveries(self):
        # EXTENDS delivery: core's queue never sends a reminder a second time.
        # Whether a mail is ours is no secret to who may write it.
        actions = self.env["billing.dunning.action"].sudo()
        return super()._has_billing_deliveries() or bool(
            actions.search_count([("mail_id", "in", self.ids)], limit=1)
        )
