from odoo import api, fields, models

from ...plan.alerts import as_link


class ResPartner(models.Model):
    """What a customer's record keeps subscriptions waiting for."""

    _inherit = "res.partner"

    billing_alerts = fields.Json(compute="_compute_billing_alerts")

    @api.depends_context("lang", "uid", "allowed_company_ids")
    @api.depends("street", "city", "zip", "country_id", "active")
    def _compute_billing_alerts(self):
        self.billing_alerts = False
        items = self.env["billing.run.item"]
        if not items.has_access("read"):
            return
        waiting = items.search(
            [
                ("is_open", "=", True),
                ("code", "in", ("no_address", "partner_archived")),
                "|",
                ("partner_id", "in", self.ids),
                ("order_id.partner_invoice_id", "in", self.ids),
            ]
        )
        for partner in self:
            own = waiting.filtered(
                lambda item, partner=partner: (
                    partner._origin
                    in (item.partner_id | item.order_id.partner_invoice_id)
                )
            )
            partner.billing_alerts = partner._get_billing_alerts(own) or False

    def _get_billing_alerts(self, items):
        """What subscriptions of this customer wait for.

        :param items: open ``billing.run.item`` records, parked for their customer.
        :return: the value of core's widget ``actionable_errors``.
        """
        self.ensure_one()
        alerts = {}
        for code, members in items.grouped("code").items():
            level, message = self._get_billing_alert(code, members)
            alerts[f"billing_{code}"] = {
                "level": level,
                "message": message,
                "action_text": self.env._("Show them"),
                "action": as_link(members._get_list_action()),
            }
        return alerts

    def _get_billing_alert(self, code, items):
        """Level and sentence for the items that wait for the same thing."""
        addressees = items.order_id.partner_invoice_id
        if code == "partner_archived":
            archived = not all(addressees.mapped("active"))
            if archived:
                message = self.env._(
                    "Subscriptions wait for this: the customer is archived."
                )
                return "warning", message
            return "info", self.env._(
                "Subscriptions go on with the next run: the customer is active again."
            )
        service = self.env["billing.invoicing"]
        # The form's own values count before they are saved.
        addressees = [
            self if self._origin == addressee else addressee for addressee in addressees
        ]
        missing = [service._get_missing_address_parts(one) for one in addressees]
        if not any(missing):
            return "info", self.env._(
                "Subscriptions go on with the next run: the postal address is complete."
            )
        if not any(one.street or one.city or one.zip for one in addressees):
            return "warning", self.env._(
                "Subscriptions wait for this: no postal address."
            )
        parts = sorted({part for parts in missing for part in parts})
        return "warning", self.env._(
            "Subscriptions wait for this: %(missing)s missing in the postal address.",
            missing=", ".join(parts),
        )
