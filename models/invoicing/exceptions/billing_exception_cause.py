from odoo import api, fields, models, tools


class BillingExceptionCause(models.Model):
    """What keeps subscriptions from being billed, and what a person does about it.

    A module that sets items aside for a reason of its own adds its code to the
    selection of ``billing.run.item`` and a record here.
    """

    _name = "billing.exception.cause"
    _description = "Cause of Exceptions"
    _order = "id"

    code = fields.Selection(
        selection="_get_codes",
        required=True,
        readonly=True,
        help="Stable; the name of the cause is its label.",
    )
    remedy = fields.Char(required=True, translate=True)

    _code_unique = models.Constraint("UNIQUE(code)", "A cause has one record.")

    @api.model
    def _get_codes(self):
        """The codes of run items, which name the causes."""
        field = self.env["billing.run.item"]._fields["code"]
        return field._description_selection(self.env)

    @api.depends("code", "remedy")
    @api.depends_context("lang")
    def _compute_display_name(self):
        """The group header of Exceptions: what it is, and what to do."""
        names = dict(self._get_codes())
        for cause in self:
            cause.display_name = f"{names.get(cause.code)} · {cause.remedy}"

    @api.model_create_multi
    def create(self, vals_list):
        """Items that were set aside before their cause had a record get it."""
        causes = super().create(vals_list)
        self.env.registry.clear_cache()
        # Its own bookkeeping: users read the items, the service writes them.
        items = self.env["billing.run.item"].sudo()
        self.env.add_to_compute(
            items._fields["cause_id"],
            items.search([("code", "in", causes.mapped("code"))]),
        )
        return causes

    def unlink(self):
        """Items keep their code and lose the record."""
        self.env.registry.clear_cache()
        return super().unlink()

    @api.model
    @tools.ormcache()
    def _get_ids_by_code(self):
        """``{code: id}`` of all causes."""
        # Everybody may know the causes; the cache is one for all users.
        return {cause.code: cause.id for cause in self.sudo().search([])}

    def action_retry(self):
        """Bill all that waits for these causes again, as far as the user sees it."""
        items = self.env["billing.run.item"]
        return items.search(
            [("cause_id", "in", self.ids), ("is_open", "=", True)]
        ).action_retry()
