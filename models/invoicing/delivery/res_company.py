from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    billing_sending = fields.Selection(
        selection=[
            ("recurring", "Documents that billing runs made"),
            ("all", "Every invoice and credit note to a customer"),
            ("none", "Nothing"),
        ],
        string="Sent by itself",
        default="recurring",
        required=True,
        help="What leaves for the customer once it is posted, without a hand.",
    )
    billing_answer_user_id = fields.Many2one(
        comodel_name="res.users",
        string="Answers go to",
        domain="[('share', '=', False)]",
        help="Who writes to customers when a document has no salesperson: their "
        "answers and what could not be delivered reach this person.",
    )
