from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.mail import email_normalize, email_split


class BillingDeliveryReaddress(models.TransientModel):
    """Sends documents again, to another address."""

    _name = "billing.delivery.readdress"
    _description = "Other Address of a Delivery"

    delivery_ids = fields.Many2many(comodel_name="billing.delivery", required=True)
    email = fields.Char(string="Address", required=True)
    keep = fields.Boolean(
        string="For the next documents too",
        default=lambda self: self.env["res.partner"].has_access("write"),
        help="Writes the address onto the recipient's contact.",
    )
    may_keep = fields.Boolean(
        default=lambda self: self.env["res.partner"].has_access("write")
    )
    summary = fields.Char(compute="_compute_summary")

    @api.depends("delivery_ids")
    def _compute_summary(self):
        for wizard in self:
            rows = wizard.delivery_ids
            if len(rows) == 1:
                wizard.summary = self.env._(
                    "%(document)s was addressed to %(recipient)s.",
                    document=rows.move_id.name,
                    recipient=rows.email or rows.partner_id.display_name or "",
                )
            else:
                wizard.summary = self.env._(
                    "%(count)s documents of %(customers)s",
                    count=len(rows),
                    customers=", ".join(rows.customer_id.mapped("display_name")),
                )

    def _keep_address(self, email):
        """Put the address in the place of the one that did not do; others stay."""
        # As the user: who may not change contacts leaves the box empty.
        for partner, rows in self.delivery_ids.grouped("partner_id").items():
            wrong = {email_normalize(row.email) for row in rows if row.email}
            kept = [
                one
                for one in email_split(partner.email or "")
                if email_normalize(one) not in {*wrong, email}
            ]
            partner.email = ", ".join([email, *kept])

    def action_send(self):
        """Send the documents to the address."""
        self.ensure_one()
        rows = self.delivery_ids
        rows._check_may_send()
        email = email_normalize(self.email)
        if not email:
            raise UserError(
                self.env._(
                    "%(email)s is no e-mail address. Enter one like "
                    "accounts@example.com.",
                    email=self.email,
                )
            )
        if len(rows.customer_id) > 1:
            raise UserError(
                self.env._(
                    "These documents belong to several customers: %(customers)s. "
                    "Choose those of one.",
                    customers=", ".join(rows.customer_id.mapped("display_name")),
                )
            )
        rows._check_readdress(email)
        if self.keep:
            self._keep_address(email)
        self.env["billing.sending"]._send_again(rows, email, keep=self.keep)
        return {"type": "ir.actions.act_window_close"}
