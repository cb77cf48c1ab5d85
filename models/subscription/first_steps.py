"""What an empty database needs before its first subscription."""

from markupsafe import Markup

from odoo import api, models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    @api.model
    def get_empty_list_help(self, help_message):
        # EXTENDS mail: the list of subscriptions tells how to begin.
        if not self.env.context.get("billing_first_steps"):
            return super().get_empty_list_help(help_message)
        # Core reads actions as the system: what is there is what the user may see.
        return self.sudo(False)._get_billing_first_steps_help()

    @api.model
    def _get_billing_first_steps_help(self):
        """The empty list's text, with a checklist as long as something is missing."""
        text = Markup('<p class="o_view_nocontent_smiling_face">%s</p><p>%s</p>') % (
            self.env._("No subscription yet."),
            self.env._(
                "Create one, or make an existing invoice recurring: the rest invoices "
                "itself."
            ),
        )
        steps = self._get_billing_first_steps()
        if all(done for done, *_step in steps[:-1]):
            return text
        items = Markup().join(self._get_billing_step_html(*step) for step in steps)
        return text + Markup('<ol class="text-start d-inline-block">%s</ol>') % items

    @api.model
    def _get_billing_first_steps(self):
        """[(done, label, address, model whose records the step creates)] in order."""
        company = self.env.company
        in_company = [("company_id", "in", (False, company.id))]
        products = "/odoo/action-sale.product_template_action"
        plans = "/odoo/action-recurring_billing.billing_plan_action"
        journals = "/odoo/action-account.action_account_journal_form"
        return [
            (
                self._has_billing_record("billing.plan", in_company),
                self.env._("Choose a plan"),
                plans,
                "billing.plan",
            ),
            (
                self._has_billing_record(
                    "product.template", [("billing_recurring", "=", True), *in_company]
                ),
                self.env._("Mark a service as recurring"),
                products,
                "product.template",
            ),
            (
                self._has_billing_record(
                    "account.journal",
                    [("type", "=", "sale"), ("company_id", "parent_of", company.id)],
                ),
                self.env._("Check the sales journal"),
                journals,
                "account.journal",
            ),
            (
                self._has_billing_record(
                    "sale.order", [("is_billing_subscription", "=", True)]
                ),
                self.env._("Create the first subscription"),
                "/odoo/action-recurring_billing.subscription_action/new",
                "sale.order",
            ),
        ]

    def _has_billing_record(self, model, domain):
        # Whether there is one is no secret to who is told what is missing.
        return bool(self.env[model].sudo().search_count(domain, limit=1))

    def _get_billing_step_html(self, done, label, address, model):
        """One step: ticked, a link to it, or whom to ask for it."""
        if done:
            return Markup(
                '<li><span aria-hidden="true">✓ </span>%s'
                '<span class="visually-hidden"> %s</span></li>'
            ) % (label, self.env._("(done)"))
        if self.env[model].has_access("create"):
            return Markup('<li><a href="%s">%s</a></li>') % (address, label)
        return Markup("<li>%s <em>%s</em></li>") % (
            label,
            self.env._("(a manager does this)"),
        )
