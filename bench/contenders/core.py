"""Odoo's own `account.move`: create and post, in batches of 100, each committed.

The floor under everybody: no contract, no ledger, no date of a next invoice, nothing
that knows whether the customer was billed before.
"""

import catalog

from odoo import Command

BATCH = 100


def prepare(env):
    """Nothing: the values are made from the customers on the way."""


def warm_up(env):
    """Bill the first customers."""
    bill(env, catalog.get_customers(env)[0])


def perform(env):
    """Bill the others."""
    bill(env, catalog.get_customers(env)[1])


def bill(env, customers):
    """Create and post one invoice for each customer."""
    lines = [
        Command.create(
            {"product_id": product.id, "quantity": 1, "price_unit": product.list_price}
        )
        for product in catalog.get_products(env)
    ]
    for ids in catalog.portions(customers.ids, BATCH):
        moves = env["account.move"].create(
            [
                {
                    "move_type": "out_invoice",
                    "partner_id": customer,
                    "invoice_line_ids": lines,
                }
                for customer in ids
            ]
        )
        moves.action_post()
        env.cr.commit()
        env.invalidate_all()
