from odoo import Command, models
from odoo.exceptions import UserError
from odoo.tools.misc import format_date


class BillingMakeRecurring(models.TransientModel):
    """Apply: the subscription that goes on from the invoice."""

    _inherit = "billing.make.recurring"

    def action_apply(self):
        """Make the subscription, running, and open it.

        :raises UserError: when the invoice or the choice of lines does not allow it.
        """
        self.ensure_one()
        self.move_id.lock_for_update()
        fault = self.move_id._get_billing_recurring_fault() or self._get_fault()
        if fault:
            raise UserError(fault)
        kept = self.line_ids.filtered("keep")
        kept._check_fit()
        kept._mark_products()
        order = self._create_order(kept)
        # Written, so that a second apply at the same time meets it.
        self.move_id.billing_made_order_id = order
        kept.move_line_id.write(
            {
                "billing_period_start": self.period_start,
                "billing_period_end": self.period_end,
            }
        )
        self._post_notes(order)
        return order._get_billing_form_action()

    def _get_fault(self):
        """What is missing in the answers, in a sentence, or False."""
        self.ensure_one()
        if not self.line_ids.filtered("keep"):
            return self.env._("No line is kept: tick at least one.")
        if not self.plan_id or not self.period_start or not self.period_end:
            return self.env._(
                "%(move)s: choose a plan, and the first and last day that it pays for.",
                move=self.move_id.display_name,
            )
        if self.period_end < self.period_start:
            return self.env._(
                "%(move)s cannot pay from %(start)s to %(end)s: choose a last day "
                "after the first.",
                move=self.move_id.display_name,
                start=format_date(self.env, self.period_start),
                end=format_date(self.env, self.period_end),
            )
        return False

    def _create_order(self, lines):
        """The running subscription, with the invoice as what opened its ledger."""
        company = self.company_id
        order = (
            self.env["sale.order"]
            .with_company(company)
            .create(
                {
                    **self._prepare_order_vals(),
                    "order_line": [
                        Command.create(line._prepare_order_line_vals())
                        for line in lines
                    ],
                }
            )
        )
        # The customer has the invoice; nothing was confirmed that is news to anyone.
        order.with_context(send_email=False).action_confirm()
        return order.with_env(self.env)

    def _prepare_order_vals(self):
        move, partner = self.move_id, self.move_id.partner_id
        method = move.preferred_payment_method_line_id
        if partner.type == "invoice" and partner.parent_id:
            partner = partner.parent_id
        return {
            "partner_id": partner.id,
            "partner_invoice_id": move.partner_id.id,
            "partner_shipping_id": (move.partner_shipping_id or partner).id,
            "company_id": self.company_id.id,
            "pricelist_id": self._get_pricelist(partner).id,
            "fiscal_position_id": move.fiscal_position_id.id,
            "payment_term_id": move.invoice_payment_term_id.id,
            "preferred_payment_method_line_id": method.id,
            "journal_id": self._get_journal().id,
            "user_id": move.invoice_user_id.id,
            "team_id": move.team_id.id,
            "client_order_ref": move.ref,
            "note": move.narration,
            "origin": move.name,
            # A template of the company would bring its own journal, terms and mail.
            "sale_order_template_id": False,
            "billing_plan_id": self.plan_id.id,
            "billing_start_date": self.period_start,
            "billing_opening": "already_billed",
            "billing_opened_until": self.period_end,
        }

    def _get_journal(self):
        """The journal of the invoice; none when the order takes that one anyway.

        Only subscriptions that name the same journal share an invoice.
        """
        journals = self.env["account.journal"]
        usual = self.plan_id.with_company(self.company_id).journal_id or (
            journals.search(
                [
                    *journals._check_company_domain(self.company_id),
                    ("type", "=", "sale"),
                ],
                limit=1,
            )
        )
        return self.move_id.journal_id - usual

    def _get_pricelist(self, partner):
        """A pricelist in the currency of the invoice; none for the company's own."""
        return self.env["product.pricelist"]._billing_get_in_currency(
            self.currency_id, self.company_id, partner
        )

    def _post_notes(self, order):
        """Say on the invoice where it goes on, on the subscription where it is from."""
        order.message_post(
            body=self.env._(
                "Made from invoice %(invoice)s: billed until %(date)s.",
                invoice=self.move_id._get_html_link(),
                date=format_date(self.env, self.period_end),
            )
        )
        self.move_id.message_post(
            body=self.env._(
                "Made recurring: goes on as subscription %(order)s.",
                order=order._get_html_link(),
            )
        )
