from odoo import api, fields, models


class SaleOrderTemplate(models.Model):
    """A quotation template that sells a subscription carries its plan."""

    _inherit = "sale.order.template"

    billing_plan_id = fields.Many2one(
        comodel_name="billing.plan",
        string="Plan",
        check_company=True,
        index="btree_not_null",
        help="The plan of quotations made from this template.",
    )

    @api.constrains("company_id", "billing_plan_id")
    def _check_billing_plan_company(self):
        # The core model does not check companies by itself; ours is the plan's alone.
        self._check_company(["billing_plan_id"])
