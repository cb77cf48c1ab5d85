from markupsafe import Markup, escape

from odoo import api, fields, models


class BillingDunningLevel(models.Model):
    """A step as a customer of today would get it."""

    _inherit = "billing.dunning.level"

    preview_partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Shown for",
        compute="_compute_preview_partner_id",
        readonly=False,
        domain="[('parent_id', '=', False)]",
    )
    preview_lang = fields.Selection(
        selection=lambda self: self.env["res.lang"].get_installed(),
        string="In",
        compute="_compute_preview_lang",
        readonly=False,
    )
    preview = fields.Html(compute="_compute_preview", sanitize=False)

    @api.depends_context("allowed_company_ids")
    @api.depends("policy_id")
    def _compute_preview_partner_id(self):
        line = self.env["account.move.line"].search(
            [
                ("company_id", "=", self.env.company.id),
                ("parent_state", "=", "posted"),
                ("account_id.account_type", "=", "asset_receivable"),
                ("reconciled", "=", False),
                ("move_id.move_type", "=", "out_invoice"),
                ("amount_residual", ">", 0),
            ],
            order="date_maturity, id",
            limit=1,
        )
        for level in self:
            level.preview_partner_id = line.partner_id.commercial_partner_id

    @api.depends("preview_partner_id")
    def _compute_preview_lang(self):
        for level in self:
            level.preview_lang = level.preview_partner_id.lang or self.env.lang

    @api.depends_context("allowed_company_ids")
    @api.depends(
        "preview_partner_id",
        "preview_lang",
        "delay",
        "channel",
        "template_id",
        "sms_text",
        "call_script",
        "charges",
        "subscription_effect",
        "answer_days",
    )
    def _compute_preview(self):
        for level in self:
            level.preview = level._get_preview()

    def _get_preview(self):
        """The words of the step for the customer chosen, or why there are none."""
        partner = self.preview_partner_id.commercial_partner_id
        if not partner:
            return self._get_preview_note(self.env._("Nobody owes anything today."))
        # In memory alone: looking opens no case.
        case = (
            self.env["billing.dunning.case"]
            .with_context(billing_dunning_lang=self.preview_lang)
            .new({"company_id": self.env.company.id, "partner_id": partner.id})
            ._billing_tell(self)
        )
        words = case._billing_get_words()
        if not words["count"]:
            return self._get_preview_note(
                self.env._(
                    "%(customer)s owes nothing that this step would name. Choose "
                    "another customer.",
                    customer=partner.name,
                )
            )
        return self._render_preview(case, words)

    def _render_preview(self, case, words):
        if self.channel == "call":
            return self._get_preview_text(self._get_script(words))
        if self.channel == "sms":
            return self._get_preview_text(self._get_sms(words))
        if self.channel == "handover" or not self.template_id:
            return self._get_preview_note(
                self.env._("Nothing is sent: the file is handed over.")
            )
        subject = case._billing_render(self, "subject")
        body = case._billing_render(self, "body_html")
        return Markup("<p><strong>%s</strong></p>%s") % (subject, body)

    def _get_preview_note(self, text):
        return Markup('<p class="text-muted">%s</p>') % text

    def _get_preview_text(self, text):
        return Markup("<p>%s</p>") % escape(text).replace("\n", Markup("<br/>"))
