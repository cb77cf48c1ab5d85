"""The steps of a reminder policy, kind to firm."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ....engine import dunning_texts
from ..payers.billing_payer import CLASSES
from .billing_dunning_policy_words import delay_text

#: What a script or a short message may ask for.
PLACEHOLDERS = (
    "company",
    "contact",
    "count",
    "deadline",
    "due_date",
    "answer_url",
    "sender_name",
    "sender_phone",
    "total",
)
CHANNELS = [
    ("email", "E-mail"),
    ("sms", "SMS"),
    ("letter", "Letter"),
    ("call", "Phone call"),
    ("registered", "Registered letter"),
    ("handover", "Hand-over"),
]
#: Channels of the last steps: only what a reminder named before goes into them.
FORMAL_CHANNELS = ("registered", "handover")
#: Channels whose words are a mail template; a letter prints them.
WRITTEN_CHANNELS = ("email", "letter", "registered")
#: Spaces that the alphabet of short messages does not have.
_PLAIN_SPACES = str.maketrans(
    dict.fromkeys("\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}", " ")
)


class BillingDunningLevel(models.Model):
    """What is done so many days from the due date, how, and with which words."""

    _name = "billing.dunning.level"
    _description = "Reminder Step"
    _order = "policy_id, delay, id"

    policy_id = fields.Many2one(
        comodel_name="billing.dunning.policy",
        required=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one(related="policy_id.company_id", store=True)
    name = fields.Char(required=True, translate=True)

    # When
    delay = fields.Integer(
        string="Day", required=True, help="From the due date; negative: before it."
    )
    day_text = fields.Char(string="Days", compute="_compute_day_text")
    rest_days_between = fields.Integer(
        string="Days since the last step",
        default=7,
        help="The fewest days between the step before and this one.",
    )
    answer_days = fields.Integer(
        string="Days to answer",
        default=8,
        required=True,
        help="The day that the message names for payment or an answer is so many days "
        "after it.",
    )

    # Conditions
    amount_from = fields.Float(
        string="Overdue amount from",
        digits="Product Price",
        help="In the company's currency. Below it, the step is passed over.",
    )
    invoices_from = fields.Integer(
        string="Invoices from",
        help="With fewer overdue invoices, the step is passed over.",
    )
    payer_class = fields.Selection(
        CLASSES,
        string="Payer",
        help="Other payers pass over the step. Empty: all.",
    )

    # How
    channel = fields.Selection(
        CHANNELS,
        required=True,
        default="email",
    )
    template_id = fields.Many2one(
        comodel_name="mail.template",
        domain="[('model', '=', 'billing.dunning.case')]",
        ondelete="restrict",
        help="The words of the e-mail or of the letter; of a registered letter, those "
        "of the mail that brings a copy of it.",
    )
    sms_text = fields.Text(
        string="Text of the SMS",
        translate=True,
        help="Words in braces are filled in, for instance {total} or {due_date}; what "
        "stands in square brackets vanishes when a word in it is not known.",
    )
    call_script = fields.Text(
        string="Call script",
        translate=True,
        help="Words in braces are filled in, for instance {total} or {deadline}; what "
        "stands in square brackets vanishes when a word in it is not known.",
    )
    attach_invoices = fields.Boolean(string="Attach the invoices")
    attach_statement = fields.Boolean(string="Attach the statement of account")
    automatic = fields.Boolean(
        string="Leaves by itself", help="Otherwise a person approves each one."
    )
    formal = fields.Boolean(
        compute="_compute_formal",
        store=True,
        help="Only invoices that a reminder named before go into it.",
    )

    # With what else
    charges = fields.Selection(
        selection=[
            ("none", "None"),
            ("announce", "Announced"),
            ("invoice", "Invoiced"),
        ],
        string="Interest and fixed cost",
        required=True,
        default="none",
    )
    subscription_effect = fields.Selection(
        selection=[
            ("nothing", "Nothing"),
            ("warn", "Warned"),
            ("pause", "Paused"),
            ("close", "Closed"),
        ],
        string="Subscription",
        required=True,
        default="nothing",
    )
    alert = fields.Selection(
        selection=[
            ("nobody", "Nobody"),
            ("owner", "Owner of the case"),
            ("salesperson", "Salesperson"),
            ("manager", "Manager"),
        ],
        string="Who is told",
        required=True,
        default="nobody",
    )

    _delay_unique = models.Constraint(
        "UNIQUE(policy_id, delay)", "A policy has one step on a day."
    )
    _numbers_positive = models.Constraint(
        "CHECK(rest_days_between >= 0 AND answer_days >= 1 AND amount_from >= 0 "
        "AND invoices_from >= 0)",
        "Numbers of a step cannot be negative, and an answer takes at least a day.",
    )

    @api.depends("delay")
    def _compute_day_text(self):
        for level in self:
            level.day_text = delay_text(level.delay)

    @api.depends("channel")
    def _compute_formal(self):
        for level in self:
            level.formal = level.channel in FORMAL_CHANNELS

    @api.constrains("channel", "template_id", "sms_text", "call_script")
    def _check_words(self):
        for level in self:
            missing = level._get_missing_words()
            if missing:
                raise ValidationError(
                    self.env._(
                        "%(policy)s, step %(day)s: %(missing)s",
                        policy=level.policy_id.name,
                        day=level.day_text,
                        missing=missing,
                    )
                )

    def _get_missing_words(self):
        """What a step has to say and does not; empty when it is complete."""
        if self.channel in WRITTEN_CHANNELS and not self.template_id:
            return self.env._("nothing is written. Choose a template.")
        if self.channel == "sms" and not self.sms_text:
            return self.env._("the SMS has no text. Enter one.")
        if self.channel == "call" and not self.call_script:
            return self.env._("the call has no script. Enter one.")
        return ""

    @api.constrains("sms_text", "call_script")
    def _check_placeholders(self):
        # A translation is written past the fields: each language is looked at.
        languages = [code for code, _name in self.env["res.lang"].get_installed()]
        for lang in dict.fromkeys(["en_US", *languages]):
            for level in self.with_context(lang=lang):
                for text in (level.sms_text, level.call_script):
                    level._check_text(text or "")

    def _check_text(self, text):
        """Refuse a text that asks for what nobody knows."""
        known = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
        try:
            unknown = set(dunning_texts.placeholders_of(text)) - set(PLACEHOLDERS)
        except dunning_texts.InvalidText as error:
            raise ValidationError(
                self.env._(
                    "%(level)s: a brace or a bracket is not closed. Write "
                    "placeholders as %(known)s.",
                    level=self.name,
                    known=known,
                )
            ) from error
        if unknown:
            raise ValidationError(
                self.env._(
                    "%(level)s: nothing fills in {%(name)s}. Use one of %(known)s.",
                    level=self.name,
                    name=min(unknown),
                    known=known,
                )
            )

    # === Business methods === #

    def _get_script(self, words):
        """The script of the call as it is read.

        :param dict words: of the case, see ``_billing_get_words``.
        """
        self.ensure_one()
        return dunning_texts.fill(self.call_script or "", words)

    def _get_sms(self, words):
        """The short message as it leaves, with plain spaces: others halve its room."""
        self.ensure_one()
        text = dunning_texts.fill(self.sms_text or "", words)
        return text.translate(_PLAIN_SPACES)
