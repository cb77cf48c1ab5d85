from unittest.mock import patch

from odoo import fields
from odoo.tests import HttpCase, tagged

from ...common import BillingCommon

REHEARSAL = (
    "odoo.addons.recurring_billing.models.invoicing.rehearsal.billing_run_rehearsal"
)


@tagged("post_install", "-at_install")
class TestInvoicingRehearsalTour(BillingCommon, HttpCase):
    """Rehearse, approve, watch and stop in a real browser, in French."""

    def _work_when_asked(self):
        """The scheduled action, whose turn comes while somebody watches.

        A rehearsal is worked off once it was looked at; a run once it was stopped and
        resumed.
        """
        cls = type(self.env["billing.run"])
        original, seen = cls.get_progress, set()

        def get_progress(run):
            worker = run.sudo()
            if run.state == "rehearsing" and run.state in seen:
                worker._rehearse_batch(worker.item_ids)
                worker._end_rehearsal()
            elif run.state == "running" and run.begun_at > run.started_at:
                worker._execute_at_once()
            seen.add(run.state)
            return original(run)

        return patch.object(cls, "get_progress", get_progress)

    def test_clerk_rehearses_approves_and_watches_the_run(self):
        self._speak_french(self.user)
        self.user.sudo().password = "clerkclerk"
        today = self.company._billing_today()
        orders = self.env["sale.order"]
        for number in range(3):
            customer = self._create_customer(f"Tour client {number}")
            order = self._quote(
                partner_id=customer.id,
                billing_start_date=fields.Date.start_of(today, "month"),
            )
            order.action_confirm()
            orders |= order
        # Three are many today: the scheduled action carries them out.
        with patch(f"{REHEARSAL}.AT_ONCE", 0), self._work_when_asked():
            self.start_tour(
                "/odoo/action-recurring_billing.billing_run_launch_action",
                "recurring_billing_rehearsal",
                login="clerk",
            )
        run = self.env["billing.run"].search([], limit=1)
        self.assertEqual(run.state, "done")
        self.assertEqual(run.approved_by_id, self.user)
        self.assertEqual(self._invoices(orders).mapped("state"), ["posted"] * 3)
