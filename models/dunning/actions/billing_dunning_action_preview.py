from markupsafe import Markup, escape

from odoo import api, fields, models


class BillingDunningAction(models.Model):
    """The words of a reminder, as the customer gets them."""

    _inherit = "billing.dunning.action"

    preview_to = fields.Char(string="To", compute="_compute_preview")
    preview_subject = fields.Char(string="Subject", compute="_compute_preview")
    preview = fields.Html(compute="_compute_preview", sanitize=False)

    @api.depends("state", "items", "level_id", "subject", "body")
    def _compute_preview(self):
        for action in self:
            contact = action.contact_id or action.case_id._billing_get_contact()
            action.preview_to = action.email or contact.email or contact.name
            subject, body = action.subject, action.body
            if not body and action.level_id:
                subject, body = action._render_words()
            action.preview_subject = subject
            action.preview = body

    def _render_words(self):
        """Subject and text of it, in the customer's language, from the facts of now.

        :return: (str or False, Markup or False)
        """
        self.ensure_one()
        level = self.level_id
        case = self.case_id._billing_tell(level)
        if self.channel in ("call", "sms"):
            # A script is read by the officer, yet to the customer.
            text = level.with_context(lang=case.env.lang)
            read = text._get_script if self.channel == "call" else text._get_sms
            lines = escape(read(case._billing_get_words())).split("\n")
            return False, Markup("<p>%s</p>") % Markup("<br/>").join(lines)
        if self.channel == "registered":
            return case._billing_get_notice_subject(
                case._billing_get_words()
            ), self._render_notice(case)
        if not level.template_id:
            return False, False
        return (
            case._billing_render(level, "subject"),
            case._billing_render(level, "body_html"),
        )

    def _render_notice(self, case):
        """The formal notice as its letter says it."""
        told = case._billing_get_notice(case._billing_get_words())
        lines = (told["opening"], *told["sentences"], told["signature"])
        return Markup("").join(Markup("<p>%s</p>") % line for line in lines if line)
