"""The legal mentions, as dated data."""

from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError
from odoo.tools.misc import formatLang

from ....engine import mention_texts
from ....engine import mentions as engine

#: UNTDID 5305, and the scheme of small businesses, which has no category of its own.
TREATMENTS = [
    ("S", "VAT charged"),
    ("AE", "Reverse charge"),
    ("K", "Supply within the European Union"),
    ("G", "Export of goods"),
    ("O", "Outside the scope of VAT"),
    ("E", "Exempt"),
    ("F", "Small business scheme"),
]
_WIDE = {
    "liable": frozenset({"collection", "debits"}),
    "not_liable": frozenset({"exempt", "small_business"}),
    "with_goods": frozenset({"goods", "mixed"}),
    "with_services": frozenset({"services", "mixed"}),
}
_KINDS = ("professional", "public", "consumer")
_ZONES = {"in_country": "domestic", "in_union": "union", "outside_union": "outside"}


class BillingMention(models.Model):
    """A mention that the law wants on documents: when, for whom, in which words."""

    _name = "billing.mention"
    _description = "Legal Mention"
    _order = "sequence, id"

    name = fields.Char(string="Title", required=True, translate=True)
    code = fields.Char(
        required=True,
        help="Stable name of the mention; those of several countries may share it.",
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        comodel_name="res.company",
        help="Only this company prints it. Empty: all companies.",
    )
    text = fields.Text(
        required=True,
        translate=True,
        help="What is printed. Words in braces are filled in, for instance {rate} or "
        "{due_date}.",
    )
    source = fields.Char(help="The article of law that asks for it.")
    note_code = fields.Char(
        size=3,
        help="UNTDID 4451 code of the note in an electronic invoice: PMT, PMD, AAB…",
    )
    required = fields.Boolean(
        default=True,
        help="A fact that is missing for it is told before posting. Otherwise the "
        "mention is left out.",
    )
    amount = fields.Float(
        string="Amount of the law (€)",
        aggregator=None,
        help="The sum that the law names, filled in for {recovery}.",
    )

    # When
    date_from = fields.Date(string="From", help="By the date of the document.")
    date_to = fields.Date(string="To", help="Last day, by the date of the document.")

    # Who sells
    seller_country_ids = fields.Many2many(
        comodel_name="res.country",
        relation="billing_mention_seller_country_rel",
        string="Sellers in",
    )
    seller_group_id = fields.Many2one(
        comodel_name="res.country.group", string="Sellers in the countries of"
    )
    seller_excluded_ids = fields.Many2many(
        comodel_name="res.country",
        relation="billing_mention_excluded_country_rel",
        string="Except sellers in",
        help="Countries with mentions of their own on the subject.",
    )
    vat_regime = fields.Selection(
        selection=[
            ("liable", "VAT is charged"),
            ("not_liable", "No VAT is charged"),
            ("collection", "On collection"),
            ("debits", "On debits"),
            ("exempt", "Exempt"),
            ("small_business", "Small business, no VAT"),
        ],
        string="VAT regime of the seller",
    )
    legal_form = fields.Selection(
        selection=[
            ("with_capital", "With a share capital"),
            ("without_capital", "Without a share capital"),
        ],
        string="Legal form of the seller",
    )
    in_vat_group = fields.Boolean(string="Sellers in a VAT group")

    # Who buys
    for_professional = fields.Boolean(string="Professionals", default=True)
    for_public = fields.Boolean(string="Public bodies", default=True)
    for_consumer = fields.Boolean(string="Consumers", default=True)
    in_country = fields.Boolean(string="In the seller's country", default=True)
    in_union = fields.Boolean(string="Elsewhere in the European Union", default=True)
    outside_union = fields.Boolean(string="Outside the European Union", default=True)

    # What
    document = fields.Selection(
        selection=[("invoice", "Invoices"), ("credit_note", "Credit notes")],
        string="Documents",
    )
    operation = fields.Selection(
        selection=[
            ("services", "Services only"),
            ("goods", "Goods only"),
            ("mixed", "Goods and services"),
            ("with_goods", "Goods among what is sold"),
            ("with_services", "Services among what is sold"),
        ],
        string="What is sold",
    )
    treatment = fields.Selection(selection=TREATMENTS, string="VAT of a line")
    discount = fields.Selection(
        selection=[
            ("none", "None"),
            ("flat", "Before the due date"),
            ("term", "Within days, by the payment term"),
        ],
        string="Discount for early payment",
    )
    delivered_elsewhere = fields.Boolean(
        string="Delivered to another address than the customer's"
    )

    applies_to = fields.Char(compute="_compute_applies_to")

    _dates_ordered = models.Constraint(
        "CHECK(date_from IS NULL OR date_to IS NULL OR date_from <= date_to)",
        "The last day of a mention cannot come before its first.",
    )

    @api.depends_context("lang")
    @api.depends(
        "seller_country_ids",
        "seller_group_id",
        "seller_excluded_ids",
        *(f"for_{kind}" for kind in _KINDS),
        *_ZONES,
    )
    def _compute_applies_to(self):
        for mention in self:
            countries = mention.seller_country_ids.mapped("code")
            sellers = sorted({engine.home_of(code) for code in countries})
            if mention.seller_group_id:
                sellers.append(mention.seller_group_id.name)
            parts = [", ".join(sellers) or self.env._("All countries")]
            if not all(mention[f"for_{kind}"] for kind in _KINDS):
                parts += mention._get_labels(f"for_{kind}" for kind in _KINDS)
            if not all(mention[name] for name in _ZONES):
                parts += mention._get_labels(_ZONES)
            mention.applies_to = ", ".join(parts)

    def _get_labels(self, names):
        fields_get = self.fields_get([*names], ["string"])
        return [
            told["string"].lower() for name, told in fields_get.items() if self[name]
        ]

    @api.constrains("text")
    def _check_text(self):
        # A translation is written past the fields: each language is looked at.
        languages = [code for code, _name in self.env["res.lang"].get_installed()]
        for lang in dict.fromkeys(["en_US", *languages]):
            self.with_context(lang=lang)._check_placeholders()

    def _check_placeholders(self):
        for mention in self:
            try:
                mention_texts.placeholders_of(mention.text)
            except mention_texts.InvalidText as error:
                known = ", ".join(f"{{{name}}}" for name in mention_texts.PLACEHOLDERS)
                name = error.details["placeholder"]
                if not name:
                    raise ValidationError(
                        self.env._(
                            "%(mention)s: a brace is not closed. Write placeholders "
                            "as %(known)s.",
                            mention=mention.name,
                            known=known,
                        )
                    ) from error
                raise ValidationError(
                    self.env._(
                        "%(mention)s: nothing fills in {%(name)s}. Use one of "
                        "%(known)s.",
                        mention=mention.name,
                        name=name,
                        known=known,
                    )
                ) from error

    @api.constrains(*(f"for_{kind}" for kind in _KINDS), *_ZONES)
    def _check_applies(self):
        for mention in self:
            kinds = any(mention[f"for_{kind}"] for kind in _KINDS)
            if not kinds or not any(mention[name] for name in _ZONES):
                raise ValidationError(
                    self.env._(
                        "%(mention)s applies to nobody. Choose kinds of customers and "
                        "where they are, or archive it.",
                        mention=mention.name,
                    )
                )

    def action_see_sample(self):
        """Show the mention on an invoice, or why it is not printed there."""
        self.ensure_one()
        sample = self.env["billing.mention.sample"].create({"mention_id": self.id})
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": sample._name,
            "res_id": sample.id,
            "views": [(False, "form")],
            "target": "new",
        }

    # === What is known of them stays in memory until one changes === #

    @api.model_create_multi
    def create(self, vals_list):
        """Documents posted from now on know the new mentions."""
        mentions = super().create(vals_list)
        self.env.registry.clear_cache()
        return mentions

    def write(self, vals):
        """Documents posted from now on; those that were keep what they say."""
        done = super().write(vals)
        self.env.registry.clear_cache()
        return done

    def unlink(self):
        """Documents that carry the mention keep it."""
        self.env.registry.clear_cache()
        return super().unlink()

    @api.model
    @tools.ormcache("lang", "company_id")
    def _get_rules(self, lang, company_id):
        """The mentions as the engine chooses among them.

        :param str lang: the language of their texts.
        :param int company_id: the seller.
        :return: a tuple of ``engine.mentions.Rule``.
        """
        # Everybody may know the law; the cache is one for all users.
        mentions = self.sudo().with_context(lang=lang, active_test=True)
        domain = [("company_id", "in", (False, company_id))]
        return tuple(mention._get_rule() for mention in mentions.search(domain))

    def _get_rule(self):
        self.ensure_one()
        capital = {"with_capital": True, "without_capital": False}
        return engine.Rule(
            code=self.code,
            text=self.text,
            sequence=self.sequence,
            note_code=self.note_code or None,
            required=self.required,
            first=self.date_from or None,
            last=self.date_to or None,
            sellers=self._get_sellers(),
            kinds=frozenset(kind for kind in _KINDS if self[f"for_{kind}"]),
            zones=frozenset(zone for name, zone in _ZONES.items() if self[name]),
            operations=_widen(self.operation),
            documents=_one(self.document),
            treatments=_one(self.treatment),
            regimes=_widen(self.vat_regime),
            discounts=_one(self.discount),
            has_capital=capital.get(self.legal_form),
            in_vat_group=self.in_vat_group or None,
            delivered_elsewhere=self.delivered_elsewhere or None,
            amount=self._get_amount_text(),
        )

    def _get_sellers(self):
        countries = self.seller_country_ids | self.seller_group_id.country_ids
        return frozenset((countries - self.seller_excluded_ids).mapped("code"))

    def _get_amount_text(self):
        """The sum of the law, in euros, as the language writes it."""
        if not self.amount:
            return None
        digits = 0 if self.amount == int(self.amount) else 2
        return f"{formatLang(self.env, self.amount, digits=digits)}\N{NO-BREAK SPACE}€"


def _one(value):
    return frozenset([value] if value else ())


def _widen(value):
    """The values that a choice of the screen stands for."""
    return _WIDE.get(value) or _one(value)
