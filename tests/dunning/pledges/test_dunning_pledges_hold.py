"""A hold keeps all reminders, for a reason, until its day or until lifted."""

from datetime import date

from psycopg2.errors import CheckViolation

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .pledges_common import PledgesCommon


@tagged("post_install", "-at_install")
class TestDunningPledgesHold(PledgesCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invoice = cls._invoice(1000)
        cls.later = cls._invoice(50, "2026-02-14")

    def _hold(self, on="2026-02-10", **vals):
        with self._on(on):
            return self.env["billing.dunning.hold"].create(
                {"partner_id": self.customer.id, "reason": "New owner", **vals}
            )

    def _state(self, hold, on):
        hold.invalidate_recordset()
        with self._on(on):
            return hold.state

    def test_it_keeps_all_that_a_customer_owes(self):
        self._hold()
        self.assertEqual(
            self._parts("2026-02-11"),
            {
                (self.invoice.name, "2026-01-31"): "hold",
                (self.later.name, "2026-02-14"): "hold",
            },
        )

    def test_it_keeps_one_invoice(self):
        self._hold(move_id=self.later.id)
        self.assertEqual(
            self._parts("2026-02-11"), {(self.later.name, "2026-02-14"): "hold"}
        )

    def test_it_keeps_one_instalment(self):
        split = self._invoice_in_two(1000)
        self._hold(move_id=split.id, date_maturity="2026-03-02")
        self.assertEqual(
            self._parts("2026-02-11"), {(split.name, "2026-03-02"): "hold"}
        )

    def test_it_ends_after_its_day(self):
        hold = self._hold(until="2026-02-20")
        self.assertEqual(self._state(hold, "2026-02-20"), "active")
        self.assertTrue(self._parts("2026-02-20"))
        self.assertEqual(self._state(hold, "2026-02-21"), "ended")
        self.assertEqual(self._parts("2026-02-21"), {})

    def test_without_a_day_it_lasts_until_lifted(self):
        hold = self._hold()
        self.assertEqual(self._state(hold, "2027-02-20"), "active")
        with self._on("2026-02-12"):
            hold.action_lift()
        self.assertEqual(
            (hold.lifted_on, hold.lifted_by_id), (date(2026, 2, 12), self.officer)
        )
        self.assertEqual(self._state(hold, "2026-02-12"), "ended")
        self.assertEqual(self._parts("2026-02-12"), {})
        with self.assertRaisesRegex(UserError, "over"):
            hold.action_lift()

    def test_of_two_the_longer_is_told(self):
        self._hold(until="2026-02-20")
        self._hold(until="2026-03-20")
        found = self.service._get_parts(
            self.company, self.customer, self._day("2026-02-11")
        )
        _parts, hold = found[self.invoice.id, self._day("2026-01-31")]
        self.assertEqual(
            (hold.until, hold.since), (date(2026, 3, 20), date(2026, 2, 10))
        )

    def test_lists_find_active_and_ended_ones(self):
        ended = self._hold(until="2026-02-12")
        active = self._hold()
        holds = self.env["billing.dunning.hold"]
        with self._on("2026-02-13"):
            self.assertEqual(holds.search([("state", "=", "active")]), active)
            self.assertEqual(holds.search([("state", "=", "ended")]), ended)
            self.assertEqual(
                holds.search([("state", "in", ("active", "ended"))]), ended + active
            )

    @mute_logger("odoo.sql_db")
    def test_it_ends_no_earlier_than_it_begins(self):
        with self.assertRaisesRegex(CheckViolation, "until_later"):
            self._hold(until="2026-02-09")

    # === Accounting's own === #

    def test_a_blocked_invoice_is_held(self):
        self.invoice.sudo().action_toggle_block_payment()
        self.assertEqual(
            self._parts("2026-02-11"), {(self.invoice.name, "2026-01-31"): "blocked"}
        )
        self.invoice.sudo().action_toggle_block_payment()
        self.assertEqual(self._parts("2026-02-11"), {})

    def test_an_invoice_without_follow_up_is_held(self):
        self.invoice.sudo().no_followup = True
        self.assertEqual(
            self._parts("2026-02-11"), {(self.invoice.name, "2026-01-31"): "blocked"}
        )

    def test_we_never_block_an_invoice(self):
        self._hold()
        self._dispute(self.invoice)
        self._refresh("2026-02-11")
        self.assertEqual(self.invoice.payment_state, "not_paid")
        self.assertFalse(self.invoice.no_followup)
