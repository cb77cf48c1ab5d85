from odoo import api, fields, models
from odoo.tools.misc import format_date, formatLang


class BillingRun(models.Model):
    """One batch of invoicing: what was due on a day, and what became of it."""

    _name = "billing.run"
    _description = "Billing Run"
    _order = "id desc"

    name = fields.Char(compute="_compute_name")
    run_date = fields.Date(
        string="Date", required=True, readonly=True, help="Bills what is due by then."
    )
    origin = fields.Selection(
        selection=[("daily", "Daily"), ("manual", "By hand")],
        required=True,
        readonly=True,
        default="daily",
    )
    state = fields.Selection(
        selection=[
            ("rehearsing", "Being rehearsed"),
            ("rehearsed", "Rehearsed"),
            ("approved", "Approved"),
            ("running", "Running"),
            ("done", "Done"),
            ("exceptions", "Done with exceptions"),
            ("cancelled", "Discarded"),
        ],
        required=True,
        readonly=True,
        default="running",
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Started by",
        required=True,
        readonly=True,
        default=lambda self: self.env.uid,
    )
    scope = fields.Char(readonly=True, help="What the run was limited to.")
    started_at = fields.Datetime(
        readonly=True, required=True, default=lambda self: self.env.cr.now()
    )
    ended_at = fields.Datetime(readonly=True)
    stop_requested = fields.Boolean(
        string="Stopped",
        readonly=True,
        help="Nothing more is begun after the current batch.",
    )
    duration = fields.Float(
        string="Seconds", compute="_compute_duration", digits=(16, 1)
    )
    item_ids = fields.One2many(
        comodel_name="billing.run.item", inverse_name="run_id", string="Items"
    )
    item_count = fields.Integer(string="Items ", compute="_compute_counts")
    invoice_count = fields.Integer(string="Invoices", compute="_compute_counts")
    parked_count = fields.Integer(string="Parked", compute="_compute_counts")
    refused_count = fields.Integer(string="Refused", compute="_compute_counts")
    amounts_text = fields.Char(
        string="Amount excl. tax",
        compute="_compute_counts",
        help="One amount per currency.",
    )

    @api.depends_context("lang")
    @api.depends("run_date", "state")
    def _compute_name(self):
        for run in self:
            date = format_date(self.env, run.run_date)
            if run.state in ("rehearsing", "rehearsed", "cancelled"):
                run.name = self.env._("Rehearsal of %(date)s", date=date)
            else:
                run.name = self.env._("Run of %(date)s", date=date)

    @api.depends("started_at", "ended_at")
    def _compute_duration(self):
        for run in self:
            ended = run.ended_at or run.started_at
            run.duration = (ended - run.started_at).total_seconds()

    @api.depends_context("lang", "allowed_company_ids")
    @api.depends("item_ids.state", "item_ids.amount")
    def _compute_counts(self):
        items = self.env["billing.run.item"]
        states = items._read_group(
            [("run_id", "in", self.ids)], ["run_id", "state"], ["__count"]
        )
        counts = {(run.id, state): count for run, state, count in states}
        sums = {}
        for run, currency, amount in items._read_group(
            [("run_id", "in", self.ids), ("state", "=", "done")],
            ["run_id", "currency_id"],
            ["amount:sum"],
        ):
            sums.setdefault(run.id, []).append(
                formatLang(self.env, amount, currency_obj=currency)
            )
        invoices = self._get_invoice_counts()
        for run in self:
            run.item_count = sum(
                count for (run_id, _state), count in counts.items() if run_id == run.id
            )
            run.parked_count = counts.get((run.id, "parked"), 0)
            run.refused_count = counts.get((run.id, "refused"), 0)
            run.invoice_count = invoices.get(run.id, 0)
            run.amounts_text = " + ".join(sums.get(run.id, []))

    def _get_invoice_counts(self):
        """``{run id: number of documents}``."""
        return {
            run.id: count
            for run, count in self.env["account.move"]._read_group(
                [("billing_run_id", "in", self.ids)], ["billing_run_id"], ["__count"]
            )
        }

    def action_open_invoices(self):
        """The documents that this run made."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "account.action_move_out_invoice_type"
        )
        return {
            **action,
            "domain": [("billing_run_id", "=", self.id)],
            "context": {"create": False},
        }

    def action_open_items(self):
        """The items of this run; of a rehearsal, those that changed, by reason."""
        self.ensure_one()
        if self.state not in ("rehearsed", "approved"):
            return self._get_items_action()
        return self._get_items_action(
            search_default_changed=1, search_default_by_reason=1
        )

    def action_open_refused(self):
        """What this run did not bill because a fact moved."""
        self.ensure_one()
        return self._get_items_action([("state", "=", "refused")])

    def _get_items_action(self, domain=(), **context):
        """A list of items of this run.

        :param domain: limits them further.
        :param context: defaults of the search.
        """
        self.ensure_one()
        kind = "rehearsal" if self.rehearsed_at else "run"
        action = self.env["ir.actions.actions"]._for_xml_id(
            f"recurring_billing.billing_run_item_action_{kind}"
        )
        return {
            **action,
            "domain": [("run_id", "=", self.id), *domain],
            "context": {"create": False, **context},
        }
