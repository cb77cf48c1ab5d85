from odoo import models
from odoo.exceptions import UserError, ValidationError

REFUSED = "recurring_billing.mail_activity_refused"


class SaleOrder(models.Model):
    """How a customer accepts a quotation with a plan: by a signature or a payment."""

    _inherit = "sale.order"

    # === What cannot start is not accepted === #

    def _has_to_be_signed(self):
        # EXTENDS sale: a signature must not end in a refusal.
        return super()._has_to_be_signed() and not self._get_billing_refusal()

    def _has_to_be_paid(self):
        # EXTENDS sale: money must not be taken for what cannot start.
        return super()._has_to_be_paid() and not self._get_billing_refusal()

    def _get_billing_refusal(self):
        """Why confirming would be refused, in the salesperson's words, or False."""
        self.ensure_one()
        if self.state not in ("draft", "sent"):
            return False
        try:
            return self._get_billing_confirmation_error()
        except UserError as error:
            return str(error)

    def _billing_tell_refusal(self, summary=None):
        """Tell the salesperson, once, that the customer cannot accept the quotation."""
        self.ensure_one()
        owner = self.user_id or self.create_uid
        order = self.with_context(lang=owner.lang)
        refusal = order._get_billing_refusal()
        if refusal and not self.activity_search([REFUSED]):
            order.activity_schedule(
                REFUSED, summary=summary, note=refusal, user_id=owner.id
            )

    # === The payment of the quotation === #

    def _get_prepayment_required_amount(self):
        # EXTENDS sale: a subscription knows no down payment. What is paid with the
        # quotation is its first document, whatever share ordinary orders ask for.
        if not self.require_payment or not self.billing_plan_id:
            return super()._get_prepayment_required_amount()
        return self._get_billing_first_total()

    def _get_billing_first_total(self, day=None):
        """The first document with tax, as announced on ``day`` (today by default)."""
        self.ensure_one()
        previews = self.env["billing.preview"]._get_previews(self, as_of=day)[self]
        total = previews[0].total if previews else 0.0
        return self.currency_id.round(max(total, 0.0))

    def _get_default_payment_link_values(self):
        # EXTENDS sale: rhythms are never added up; later invoices have own links.
        values = super()._get_default_payment_link_values()
        if not self.billing_plan_id:
            return values
        due = self._get_billing_first_total()
        if self.is_billing_subscription:
            # What was billed is paid on its invoice.
            billed = self.sudo().billing_entry_ids.filtered(lambda e: e.state != "void")
            due = 0.0 if billed else max(due - self.amount_paid, 0.0)
        return {**values, "amount": due, "amount_max": due}

    def _check_billing_payable(self, amount):
        """Refuse a payment that would not start the subscription, before it is made.

        :raises ValidationError: in the customer's words.
        """
        self.ensure_one()
        if self._get_billing_refusal():
            raise ValidationError(
                self.env._(
                    "%(order)s has to be corrected before it can be paid. Send a "
                    "message to %(company)s.",
                    order=self.name,
                    company=self.company_id.name,
                )
            )
        if not self.billing_plan_id or self.state not in ("draft", "sent"):
            return
        asked = self._get_prepayment_required_amount() - self.amount_paid
        if self.currency_id.compare_amounts(amount or 0.0, asked) < 0:
            raise ValidationError(
                self.env._(
                    "The first invoice of %(order)s changed since this page was "
                    "opened. Open the page again to pay the amount of today.",
                    order=self.name,
                )
            )

    def _billing_confirm_paid(self, day):
        """Start the subscription that its customer paid on ``day``.

        The answer of the provider may come after midnight, or days later: amounts are
        those announced on the day of the payment, and without a date of its own the
        subscription starts on that day. A quotation that cannot start waits for its
        salesperson: raising here would keep the payment out of the books.

        :return: whether it is confirmed.
        """
        self.ensure_one()
        found = {name: self[name] for name in ("billing_start_date", "billing_opening")}
        if self.billing_plan_id and not self.billing_start_date:
            # What fell due since then is billed: no past that somebody must explain.
            self.billing_start_date = day
            self.billing_opening = self.billing_opening or "bill_all"
        if self._is_billing_paid(day):
            if not self._get_billing_refusal():
                self.with_context(send_email=True).action_confirm()
                return True
            self._billing_tell_refusal(
                summary=self.env._("The customer paid, but it cannot start")
            )
        self.write(found)
        return False

    def _is_billing_paid(self, day):
        """Whether payments reach what the quotation asked for on ``day``."""
        asked = self._get_billing_first_total(day) if self.require_payment else 0.0
        return self.currency_id.compare_amounts(self.amount_paid, asked) >= 0
