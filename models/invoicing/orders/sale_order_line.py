from contextlib import contextmanager

from psycopg2.extras import execute_values

from odoo import api, models
from odoo.tools import SQL

_NOTHING = (0.0, 0.0, 0.0, 0.0)
#: The stored sums, and what core derives from them: constant on a recurring line.
_SUMS = ("qty_invoiced", "untaxed_amount_invoiced")
_DERIVED = ("qty_to_invoice", "untaxed_amount_to_invoice", "invoice_status")


class SaleOrderLine(models.Model):
    """Core's own invoicing figures of a line that is invoiced again and again.

    Core would compare one ordered quantity with years of invoices and refund the
    difference; recurring lines are the ledger's, and core only shows true sums.
    """

    _inherit = "sale.order.line"

    def _billing_forget_settled(self):
        """Let the next run look at these lines from their start."""
        self.flush_model()
        self.env.execute_query(
            SQL(
                "UPDATE sale_order_line SET billing_settled_until = NULL"
                " WHERE id = ANY(%s) RETURNING id",
                self.ids,
            )
        )
        self.invalidate_recordset(["billing_settled_until"])

    # === Sums of what was invoiced, in SQL === #

    def _prepare_qty_invoiced(self):
        # EXTENDS sale
        recurring = self.filtered("billing_recurring")
        result = super(SaleOrderLine, self - recurring)._prepare_qty_invoiced()
        totals = recurring._get_billing_invoiced_totals()
        for line in recurring:
            result[line] = totals.get(line._origin.id, _NOTHING)[0]
        return result

    @api.depends("billing_recurring")
    def _compute_qty_invoiced_posted(self):
        # EXTENDS sale
        rest = self._billing_set_totals("qty_invoiced_posted", 1)
        return super(SaleOrderLine, rest)._compute_qty_invoiced_posted()

    @api.depends("billing_recurring")
    def _compute_untaxed_amount_invoiced(self):
        # EXTENDS sale
        rest = self._billing_set_totals("untaxed_amount_invoiced", 2)
        return super(SaleOrderLine, rest)._compute_untaxed_amount_invoiced()

    @api.depends("billing_recurring")
    def _compute_amount_invoiced(self):
        # EXTENDS sale
        rest = self._billing_set_totals("amount_invoiced", 3)
        return super(SaleOrderLine, rest)._compute_amount_invoiced()

    def _billing_set_totals(self, name, position):
        """Set a sum on the recurring lines; return the others, for core."""
        recurring = self.filtered("billing_recurring")
        totals = recurring._get_billing_invoiced_totals()
        for line in recurring:
            line[name] = totals.get(line._origin.id, _NOTHING)[position]
        return self - recurring

    def _get_billing_invoiced_totals(self):
        """What was invoiced of the lines, in one query.

        :return: ``{line id: (quantity, posted quantity, untaxed, total)}``, quantities
            in the line's unit, amounts in the order's currency at the invoice's date.
        """
        ids = self._origin.ids
        if not ids:
            return {}
        self.env["account.move.line"].flush_model()
        self.env["account.move"].flush_model()
        until = self.env.context.get("accrual_entry_date") or None
        rows = self.env.execute_query(
            SQL(
                """
                SELECT ordered.id, move.state, move.move_type,
                       move.payment_state = 'invoicing_legacy',
                       line.product_uom_id, line.currency_id,
                       -- one group a line, but for invoices in another currency
                       CASE WHEN line.currency_id <> ordered.currency_id
                            THEN COALESCE(move.invoice_date, move.date) END,
                       SUM(line.quantity), SUM(line.price_subtotal),
                       SUM(line.price_total)
                  FROM sale_order_line ordered
                  JOIN sale_order_line_invoice_rel rel ON rel.order_line_id = ordered.id
                  JOIN account_move_line line ON line.id = rel.invoice_line_id
                  JOIN account_move move ON move.id = line.move_id
                 WHERE ordered.id = ANY(%s)
                   AND move.move_type IN ('out_invoice', 'out_refund')
                   AND (%s::date IS NULL OR move.invoice_date <= %s::date)
                 GROUP BY 1, 2, 3, 4, 5, 6, 7
                """,
                ids,
                until,
                until,
            )
        )
        totals = {}
        for line_id, *row in rows:
            added = self.browse(line_id)._convert_billing_row(*row)
            totals[line_id] = tuple(
                map(sum, zip(totals.get(line_id, _NOTHING), added, strict=True))
            )
        return totals

    def _convert_billing_row(self, state, kind, legacy, uom, currency, day, *sums):
        """One group of invoice lines in the unit and currency of the order line."""
        self.ensure_one()
        quantity, untaxed, total = (float(amount or 0) for amount in sums)
        sign = 1 if kind == "out_invoice" else -1
        posted = state == "posted" or legacy
        if uom and uom != self.product_uom_id.id:
            unit = self.env["uom.uom"].browse(uom)
            quantity = unit._compute_quantity(quantity, self.product_uom_id)
        if day:
            source = self.env["res.currency"].browse(currency)
            untaxed, total = (
                source._convert(amount, self.currency_id, self.company_id, day)
                for amount in (untaxed, total)
            )
        return (
            sign * quantity if state != "cancel" or legacy else 0.0,
            sign * quantity if posted else 0.0,
            sign * untaxed if posted else 0.0,
            sign * total if posted else 0.0,
        )

    @contextmanager
    def _billing_keep_sums(self):
        """Leave the sums of these recurring lines alone while they are invoiced.

        Core would read them again from all past invoices; the run knows what it adds:
        see ``_billing_add_invoiced``.
        """
        names = (*_SUMS, *_DERIVED)
        with self.env.protecting([self._fields[name] for name in names], self):
            yield
            # Nothing that is still to be computed may ask for them afterwards.
            self.env.flush_all()

    def _billing_add_invoiced(self, rows):
        """Add what new documents invoice to the sums, in one statement.

        :param rows: (line id, quantity, untaxed amount of a posted document) tuples,
            in the line's own unit and currency; negative on a credit note.
        """
        if not rows:
            return
        execute_values(
            self.env.cr._obj,
            """
            UPDATE sale_order_line line
               SET qty_invoiced = COALESCE(line.qty_invoiced, 0) + added.quantity,
                   untaxed_amount_invoiced =
                       COALESCE(line.untaxed_amount_invoiced, 0) + added.untaxed
              FROM (SELECT id, SUM(quantity) AS quantity, SUM(untaxed) AS untaxed
                      FROM (VALUES %s) AS added(id, quantity, untaxed)
                     GROUP BY id) AS added
             WHERE line.id = added.id
            """,
            rows,
            template="(%s, %s::numeric, %s::numeric)",
        )
        self.invalidate_recordset(_SUMS)
        # Other modules may build on the sums.
        self.modified(_SUMS)

    # === Nothing is left to invoice for core === #

    def _billing_set_zero(self, name):
        """Set 0 on the recurring lines; return the others, for core."""
        recurring = self.filtered("billing_recurring")
        recurring[name] = 0.0
        return self - recurring

    @api.depends("billing_recurring")
    def _compute_qty_to_invoice(self):
        # EXTENDS sale: what is due is the run's to bill, not core's.
        rest = self._billing_set_zero("qty_to_invoice")
        return super(SaleOrderLine, rest)._compute_qty_to_invoice()

    @api.depends("billing_recurring")
    def _compute_untaxed_amount_to_invoice(self):
        # EXTENDS sale
        rest = self._billing_set_zero("untaxed_amount_to_invoice")
        return super(SaleOrderLine, rest)._compute_untaxed_amount_to_invoice()

    @api.depends("billing_recurring")
    def _compute_amount_to_invoice(self):
        # EXTENDS sale: future periods are no credit exposure.
        rest = self._billing_set_zero("amount_to_invoice")
        return super(SaleOrderLine, rest)._compute_amount_to_invoice()

    @api.depends("billing_recurring")
    def _compute_amount_to_invoice_at_date(self):
        # EXTENDS sale
        rest = self._billing_set_zero("amount_to_invoice_at_date")
        return super(SaleOrderLine, rest)._compute_amount_to_invoice_at_date()

    @api.depends("billing_recurring")
    def _compute_invoice_status(self):
        # EXTENDS sale: "no" would show core's button to invoice, "to invoice" its
        # main one, "upselling" would plan an activity.
        recurring = self.filtered("billing_recurring")
        for line in recurring:
            line.invoice_status = "invoiced" if line.state == "sale" else "no"
        return super(SaleOrderLine, self - recurring)._compute_invoice_status()
