from unittest.mock import patch

from odoo.tests import tagged

from ...common import BillingCommon

QUEUE = "odoo.addons.recurring_billing.models.invoicing.run.billing_run_queue"


@tagged("post_install", "-at_install", "billing_queue")
class TestInvoicingQueue(BillingCommon):
    """Beside OCA's queue_job, the batches of a run become jobs where that is chosen."""

    def setUp(self):
        super().setUp()
        self.orders = self.env["sale.order"]
        for number in range(5):
            customer = self._create_customer(f"Customer {number}")
            self.orders |= self._subscribe("2026-01-01", partner_id=customer.id)
        self.runs = self.env["billing.run"].sudo()
        # Jobs are the system's own records.
        self.jobs = self.env["queue.job"].sudo()
        self.runs._set_worker("queue")

    def _plan_and_enqueue(self, batch=2):
        with patch(f"{QUEUE}.BATCH", batch):
            return self._run_on("2026-01-01")

    def _get_jobs(self):
        return self.jobs.search([("method_name", "=", "_job_bill")], order="id")

    def _perform(self, jobs, day="2026-01-01"):
        """Carry out jobs as the queue's runner does, each with its own commits."""
        from odoo.addons.queue_job.job import Job

        for record in jobs:
            job = Job.load(self.env(su=True), record.uuid)
            with self._on(day), self._scheduler_mode():
                job.perform()
            job.set_done()
            job.store()
        self.env.invalidate_all()

    def test_batches_become_jobs_of_our_channel_and_nothing_is_billed_yet(self):
        run = self._plan_and_enqueue()
        jobs = self._get_jobs()
        self.assertEqual(len(jobs), 3)
        self.assertEqual(set(jobs.mapped("channel")), {"root.recurring_billing"})
        self.assertEqual(sorted(len(job.args[0]) for job in jobs), [1, 2, 2])
        self.assertEqual(set(run.item_ids.mapped("state")), {"pending"})
        self.assertEqual(run.state, "running")

    def test_jobs_bill_each_subscription_once_and_the_last_closes_the_run(self):
        run = self._plan_and_enqueue()
        jobs = self._get_jobs()
        self._perform(jobs[:2])
        self.assertEqual(run.state, "running")
        self._perform(jobs[2:])
        self.assertEqual((run.state, run.invoice_count), ("done", 5))
        for order in self.orders:
            self.assertEqual(len(self._bills(order)), 1)

    def test_batch_is_not_enqueued_twice(self):
        run = self._plan_and_enqueue()
        with patch(f"{QUEUE}.BATCH", 2), self._on("2026-01-01"):
            run.sudo()._enqueue()
        self.assertEqual(len(self._get_jobs()), 3)

    def test_job_that_is_carried_out_twice_bills_nothing_again(self):
        self._plan_and_enqueue()
        jobs = self._get_jobs()
        self._perform(jobs)
        self._perform(jobs)
        self.assertEqual(len(self._invoices(self.orders)), 5)

    def test_stopped_run_leaves_its_jobs_without_work(self):
        run = self._plan_and_enqueue()
        with self._on("2026-01-01"):
            run.with_user(self.user).action_stop()
        self._perform(self._get_jobs())
        self.assertEqual(set(run.item_ids.mapped("state")), {"pending"})

    def test_our_job_may_commit(self):
        function = (
            self.env["queue.job.function"]
            .sudo()
            .search(
                [("method", "=", "_job_bill"), ("model_id.model", "=", "billing.run")]
            )
        )
        self.assertTrue(function.allow_commit)

    def test_chosen_without_the_queue_lanes_go_on(self):
        self.runs._set_worker("lanes")
        run = self._run_on("2026-01-01")
        self.assertFalse(self._get_jobs())
        self.assertEqual(run.state, "done")
