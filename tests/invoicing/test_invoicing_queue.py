from odoo.tests import tagged

from ..common import BillingCommon


@tagged("post_install", "-at_install", "billing_queue")
class TestInvoicingQueue(BillingCommon):
    """Beside OCA's queue of jobs, our records can be called later."""

    def test_a_call_that_is_delayed_becomes_a_job_and_is_carried_out(self):
        order = self._subscribe("2026-11-01")
        # Jobs are the system's own records.
        jobs = self.env["queue.job"].sudo()
        with self._on("2026-12-01"):
            job = order.sudo().with_delay(identity_key="bill")._billing_invoice_now()
            found = jobs.search([("uuid", "=", job.uuid)])
            self.assertEqual(found.state, "pending")
            self.assertEqual(found.identity_key, "bill")
            job.perform()
        self.assertEqual(
            [bill[:3] for bill in self._bills(order)][-1],
            ("2026-12-01", "2026-12-01", "2026-12-31"),
        )
