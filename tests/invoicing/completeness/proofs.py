"""What the tests of the completeness map share: a ledger to look at and to harm."""

from odoo.addons.recurring_billing.engine.periods import Period

from ...common import BillingCommon


class CompletenessCommon(BillingCommon):
    """Reads the proof, and edits the ledger as somebody with a database client."""

    def setUp(self):
        super().setUp()
        self.service = self.env["billing.completeness"]

    def _prove(self, orders, as_of, first="2026-01-01", last="2026-12-31"):
        """The proof of orders, as the map makes it."""
        span = Period.inclusive(self._day(first), self._day(last))
        return self.service._examine(orders, span, self._day(as_of))

    def _faults(self, orders, as_of, **span):
        """(kind, first day, last day, days, amount, reason) of all that is wrong."""
        return [
            (f.kind, str(f.start), str(f.last), f.days, float(f.amount), f.reason)
            for proof in self._prove(orders, as_of, **span)
            for f in proof.faults
            if f.is_fault
        ]

    def _texts(self, orders, as_of):
        """The findings in words."""
        return [
            self.service._get_fault_text(fault, orders.browse(proof.order))
            for proof in self._prove(orders, as_of)
            for fault in proof.faults
        ]

    def _entry(self, order, start, kind="charge"):
        return self.env["billing.entry"].search(
            [
                ("order_id", "=", order.id),
                ("period_start", "=", start),
                ("kind", "=", kind),
            ]
        )

    # === Harm === #

    def _execute(self, query, *params):
        """Past all guards, as a database client would."""
        self.env.flush_all()
        self.env.cr.execute(query, params)
        self.env.invalidate_all()

    def _delete_entry(self, entry, *, with_document=True):
        """The entry is gone; its invoice too, unless it is left behind."""
        if with_document:
            self._execute(
                "UPDATE account_move SET state = 'cancel' WHERE id = %s",
                entry.move_id.id,
            )
        self._execute("DELETE FROM billing_entry WHERE id = %s", entry.id)

    def _copy_entry(self, entry):
        """The same row once more: the constraint that forbids it is dropped."""
        self._execute(
            "ALTER TABLE billing_entry"
            " DROP CONSTRAINT IF EXISTS billing_entry_no_overlap"
        )
        columns = ", ".join(
            name
            for name, field in entry._fields.items()
            if field.store and field.column_type and name != "id"
        )
        self._execute(
            f"INSERT INTO billing_entry ({columns}) SELECT {columns} FROM billing_entry"
            " WHERE id = %s",
            entry.id,
        )
