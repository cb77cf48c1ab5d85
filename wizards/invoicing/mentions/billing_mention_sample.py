from markupsafe import Markup

from odoo import api, fields, models

from ....engine.mentions import reasons_against
from ....models.invoicing.mentions.reader import Reader


class BillingMentionSample(models.TransientModel):
    """A legal mention on an invoice, or why that invoice does not carry it."""

    _name = "billing.mention.sample"
    _description = "Legal Mention on a Sample Invoice"

    mention_id = fields.Many2one(
        comodel_name="billing.mention", required=True, readonly=True
    )
    move_id = fields.Many2one(
        comodel_name="account.move",
        string="Sample",
        domain="[('move_type', 'in', ('out_invoice', 'out_refund'))]",
        default=lambda self: self._default_move_id(),
    )
    verdict = fields.Char(compute="_compute_sample")
    document = fields.Html(compute="_compute_sample", sanitize=False)

    def _default_move_id(self):
        """The last invoice that left; else the last draft."""
        moves = self.env["account.move"]
        company = self.env.company
        domain = [("move_type", "=", "out_invoice"), ("company_id", "=", company.id)]
        order = "invoice_date desc, id desc"
        return moves.search(
            [*domain, ("state", "=", "posted")], order=order, limit=1
        ) or moves.search([*domain, ("state", "=", "draft")], order=order, limit=1)

    @api.depends_context("lang")
    @api.depends("mention_id", "move_id")
    def _compute_sample(self):
        for sample in self:
            sample.verdict, sample.document = sample._get_sample()

    def _get_sample(self):
        """The verdict, and all mentions of the invoice with this one in bold."""
        if not self.move_id:
            return self.env._("There is no invoice to show it on."), False
        reader = Reader(self.env)
        paper = self.move_id._billing_get_papers()[self.move_id]
        mention = self.mention_id.with_context(lang=reader.get_language(paper))
        rule = mention._get_rule()
        own, _missing = reader.fill([rule], paper)
        case = reader.get_situation(paper)
        against = reasons_against(rule, case, on=paper.on)
        # Another mention may stand there in the same words.
        shown_own = [] if against else own
        shown = Markup("").join(
            Markup("<p>%s</p>")
            % (Markup("<b>%s</b>") % one.text if one in shown_own else one.text)
            for one in reader.read_paper(paper).printed
        )
        return self._get_verdict(paper, against, own), shown

    def _get_verdict(self, paper, against, own):
        company = self.mention_id.company_id
        if company and company != paper.company:
            return self.env._("Not printed: another company's mention.")
        if not self.mention_id.active:
            return self.env._("Not printed: the mention is archived.")
        if against:
            words = self._get_words()
            return self.env._(
                "Not printed: %(reasons)s.",
                reasons=", ".join(words[name] for name in against),
            )
        if not own:
            return self.env._("Not printed: a fact is missing for it.")
        return self.env._("Printed on this invoice.")

    def _get_words(self):
        """Why a mention is not called for, condition by condition."""
        return {
            "date": self.env._("it does not hold on the date of the document"),
            "seller": self.env._("the seller is in another country"),
            "kind": self.env._("the customer is of another kind"),
            "zone": self.env._("the customer is somewhere else"),
            "document": self.env._("it is for another kind of document"),
            "operation": self.env._("something else is sold"),
            "treatment": self.env._("no line stands so with VAT"),
            "regime": self.env._("the seller has another VAT regime"),
            "discount": self.env._("the discount for early payment is another"),
            "capital": self.env._("the seller has another legal form"),
            "vat_group": self.env._("the seller is in no VAT group"),
            "delivery": self.env._("nothing is delivered to another address"),
        }
