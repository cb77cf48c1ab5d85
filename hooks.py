"""What must happen outside the models' own life."""

# The order keeps the link to the first invoice of each recurring line alone.
_CUT_LINKS = """
    WITH recurring AS (
        SELECT id FROM sale_order_line WHERE billing_recurring AND state = 'sale'
    ), kept AS (
        SELECT rel.order_line_id, MIN(rel.invoice_line_id) AS invoice_line_id
          FROM sale_order_line_invoice_rel rel
          JOIN account_move_line line ON line.id = rel.invoice_line_id
          JOIN account_move move ON move.id = line.move_id
          JOIN recurring ON recurring.id = rel.order_line_id
         WHERE move.move_type = 'out_invoice' AND move.state <> 'cancel'
         GROUP BY rel.order_line_id
    )
    DELETE FROM sale_order_line_invoice_rel rel
     USING recurring
     WHERE rel.order_line_id = recurring.id
       AND NOT EXISTS (SELECT FROM kept
                        WHERE kept.order_line_id = rel.order_line_id
                          AND kept.invoice_line_id = rel.invoice_line_id)
"""

# What is ordered, and where core invoices deliveries what is delivered, equals what
# that invoice says; a line that never had one is ordered no more.
_SET_QUANTITIES = """
    UPDATE sale_order_line ordered
       SET product_uom_qty = COALESCE(billed.quantity, 0),
           qty_invoiced = COALESCE(billed.quantity, 0),
           qty_delivered = COALESCE(billed.quantity, 0),
           qty_to_invoice = 0,
           untaxed_amount_to_invoice = 0,
           invoice_status = 'invoiced'
      FROM sale_order_line line
      LEFT JOIN (SELECT rel.order_line_id, SUM(invoiced.quantity) AS quantity
                   FROM sale_order_line_invoice_rel rel
                   JOIN account_move_line invoiced
                     ON invoiced.id = rel.invoice_line_id
                  GROUP BY 1) AS billed ON billed.order_line_id = line.id
     WHERE ordered.id = line.id
       AND line.billing_recurring AND line.state = 'sale'
"""


def uninstall_hook(env):
    """Leave a working Odoo: core must find nothing to refund afterwards.

    Without this module core compares the quantity ordered once with years of invoices
    and would refund the difference. The invoices themselves are left as they are.
    """
    env.flush_all()
    env.cr.execute(_CUT_LINKS)
    env.cr.execute(_SET_QUANTITIES)
    env.invalidate_all()
