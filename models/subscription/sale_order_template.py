from odoo import fields, models


class SaleOrderTemplate(models.Model):
    """A quotation template that sells a subscription carries its plan."""

    _inherit = "sale.order.template"
    _check_company_auto = True

    billing_plan_id = fields.Many2one(
        comodel_name="billing.plan",
        string="Plan",
        check_company=True,
        index="btree_not_null",
        help="The plan of quotations made from this template.",
    )
