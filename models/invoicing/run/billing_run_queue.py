"""Jobs instead of lanes, where OCA's queue_job is installed and chosen: this is how a
company outgrows one machine (docs/scale.md).
"""

from odoo import api, models
from odoo.tools import SQL

from .billing_run_execution import BATCH

PARAMETER = "recurring_billing.worker"
CHANNEL = "root.recurring_billing"
#: A batch that lost so many races in one job is left to the job's own retries.
RACES = 10


class BillingRun(models.Model):
    _inherit = "billing.run"

    @api.model
    def _uses_queue(self):
        """Whether batches become jobs: chosen in the settings, and possible."""
        # How the run is carried out is no secret.
        chosen = self.env["ir.config_parameter"].sudo().get_param(PARAMETER)
        return chosen == "queue" and "queue.job" in self.env

    @api.model
    def _set_worker(self, worker):
        """Choose who carries out runs.

        :param str worker: ``lanes`` (scheduled actions of this server) or ``queue``.
        """
        # Who may is checked by the settings page.
        self.env["ir.config_parameter"].sudo().set_param(PARAMETER, worker)
        if worker == "queue" and "queue.job" in self.env:
            self._ensure_job_function()

    @api.model
    def _ensure_job_function(self):
        """Tell queue_job the channel of our jobs, and that they commit by themselves:
        attempts are committed before the work.
        """
        # The channel is ours; users never see it.
        channels = self.env["queue.job.channel"].sudo()
        functions = self.env["queue.job.function"].sudo()
        channel = channels.search([("complete_name", "=", CHANNEL)], limit=1)
        if not channel:
            root = self.env.ref("queue_job.channel_root")
            channel = channels.create(
                {"name": CHANNEL.rpartition(".")[2], "parent_id": root.id}
            )
        model = self.env["ir.model"]._get("billing.run")
        known = [("model_id", "=", model.id), ("method", "=", "_job_bill")]
        if not functions.search_count(known, limit=1):
            functions.create(
                {
                    "model_id": model.id,
                    "method": "_job_bill",
                    "channel_id": channel.id,
                    "allow_commit": True,
                }
            )

    def _work(self, lane=1, lanes=1):
        # EXTENDS the run
        if not self._uses_queue():
            return super()._work(lane, lanes)
        if lane == 1:
            for run in self:
                run._enqueue()
            self.env["ir.cron"]._commit_progress(remaining=0)
        return True

    def _enqueue(self):
        """One job for each batch of pending items; none twice: its key names it."""
        self.ensure_one()
        self._ensure_job_function()
        batches = self._get_batches()
        for batch in batches:
            self.with_delay(
                channel=CHANNEL,
                description=self.env._(
                    "%(run)s: %(count)s subscriptions", run=self.name, count=len(batch)
                ),
                identity_key=f"recurring_billing-{self.id}-{batch[0]}-{len(batch)}",
            )._job_bill(batch)
        if not batches:
            self._finish()

    def _get_batches(self):
        """Ids of pending items, whole groups, a customer's groups together."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT ARRAY_AGG(id ORDER BY id), COUNT(*)
                  FROM billing_run_item
                 WHERE run_id = %s AND state = 'pending'
                 GROUP BY shard ORDER BY shard
                """,
                self.id,
            )
        )
        batches = []
        for ids, count in rows:
            if batches and len(batches[-1]) + count <= BATCH:
                batches[-1] += ids
            else:
                batches.append(list(ids))
        return batches

    def _job_bill(self, ids):
        """Bill items in a job of their own; what has an outcome already is left alone.

        :param ids: of ``billing.run.item`` records of this run.
        """
        self.ensure_one()
        if self._is_stopped():
            return
        for _race in range(RACES):
            claimed = self._claim_where(SQL("id = ANY(%s)", ids))
            if not claimed:
                break
            self._execute_batch(claimed)
            self.env["ir.cron"]._commit_progress()
            self._tell_progress()
        self._finish()
        self.env["ir.cron"]._commit_progress()
