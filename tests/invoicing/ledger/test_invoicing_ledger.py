import psycopg2
from psycopg2 import errorcodes

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger
from odoo.tools.sql import drop_constraint

from ...common import BillingCommon


@tagged("post_install", "-at_install")
class TestInvoicingLedger(BillingCommon):
    """The ledger has one writer, and a database that refuses doubles."""

    def setUp(self):
        super().setUp()
        self.order = self._subscribe("2026-03-01")
        self._run_on("2026-03-01")
        self.entry = self.env["billing.entry"].search(
            [("order_id", "=", self.order.id)]
        )

    def _insert_charge(self, first, last, kind="charge", state="posted"):
        self.env.cr.execute(
            """
            INSERT INTO billing_entry (company_id, currency_id, order_id, sale_line_id,
                kind, state, period_start, period_end, settled_amount, charged_amount,
                move_line_id)
            SELECT company_id, currency_id, order_id, sale_line_id,
                   %s, %s, %s, %s, 1, 1, move_line_id
              FROM billing_entry WHERE id = %s
            """,
            [kind, state, first, last, self.entry.id],
        )

    @mute_logger("odoo.sql_db")
    def test_second_charge_of_a_day_by_sql_is_refused(self):
        with (
            self.assertRaises(psycopg2.errors.ExclusionViolation) as caught,
            self.env.cr.savepoint(),
        ):
            self._insert_charge("2026-03-31", "2026-04-30")
        self.assertEqual(caught.exception.pgcode, errorcodes.EXCLUSION_VIOLATION)
        self.assertEqual(
            caught.exception.diag.constraint_name, "billing_entry_no_overlap"
        )

    @mute_logger("odoo.sql_db")
    def test_opening_over_charged_days_is_refused(self):
        with (
            self.assertRaises(psycopg2.errors.ExclusionViolation),
            self.env.cr.savepoint(),
        ):
            self._insert_charge("2026-03-15", "2026-03-15", kind="opening")

    def test_adjacent_void_and_adjusting_entries_are_let_in(self):
        self._insert_charge("2026-04-01", "2026-04-30")
        self._insert_charge("2026-03-01", "2026-03-31", state="void")
        self._insert_charge("2026-03-01", "2026-03-31", kind="adjustment")
        self.assertEqual(
            self.env["billing.entry"].search_count([("order_id", "=", self.order.id)]),
            4,
        )

    @mute_logger("odoo.sql_db")
    def test_charge_without_an_invoice_line_is_refused(self):
        with (
            self.assertRaises(psycopg2.errors.CheckViolation),
            self.env.cr.savepoint(),
        ):
            self.env.cr.execute(
                "UPDATE billing_entry SET move_line_id = NULL WHERE id = %s",
                [self.entry.id],
            )

    @mute_logger("odoo.sql_db")
    def test_invoice_line_with_an_entry_cannot_be_deleted_by_sql(self):
        with (
            self.assertRaises(psycopg2.errors.ForeignKeyViolation),
            self.env.cr.savepoint(),
        ):
            self.env.cr.execute(
                "DELETE FROM account_move_line WHERE id = %s",
                [self.entry.move_line_id.id],
            )

    def test_nobody_writes_entries_by_hand(self):
        forged = self.env["billing.entry"].with_context(billing_ledger_writer=True)
        with self.assertRaises(UserError):
            self.entry.write({"charged_amount": 0})
        for writer in (forged.sudo(), self.entry.sudo()):
            with self.assertRaisesRegex(UserError, "ledger is written by invoicing"):
                writer.browse(self.entry.id).write({"charged_amount": 0})
            with self.assertRaisesRegex(UserError, "ledger is written by invoicing"):
                writer.browse(self.entry.id).unlink()
            with self.assertRaisesRegex(UserError, "ledger is written by invoicing"):
                writer.create({"kind": "charge"})

    @mute_logger("odoo.schema")
    def test_install_without_the_constraint_fails(self):
        drop_constraint(self.env.cr, "billing_entry", "billing_entry_no_overlap")
        with self.assertRaisesRegex(UserError, "exclusion constraint"):
            self.env["billing.entry"].init()

    def test_entry_carries_the_facts_of_its_computation(self):
        self.assertEqual(self.entry.facts["basis"], "actual")
        self.assertEqual(
            self.entry.facts["parts"][0]["whole"], ["2026-03-01", "2026-03-31"]
        )
        self.assertEqual(self.entry.fraction, "1")
        self.assertEqual(self.entry.untaxed_amount, 100.0)
        self.assertEqual(self.entry.run_item_id.amount, 100.0)
