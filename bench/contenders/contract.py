"""The OCA's `contract` with `contract_invoice_auto_validate`: its scheduled action."""

from datetime import timedelta

import catalog

from odoo import Command, fields


def prepare(env):
    """One contract of three lines for each customer; the warm-up's began yesterday."""
    env.company.auto_post_contract_invoice = True
    today = fields.Date.context_today(env.user)
    warm, measured = catalog.get_customers(env)
    products = catalog.get_products(env)
    for customers, start in ((warm, today - timedelta(days=1)), (measured, today)):
        for portion in catalog.portions(customers):
            env["contract.contract"].create(
                [prepare_contract(customer, products, start) for customer in portion]
            )
            env.cr.commit()
            env.invalidate_all()


def prepare_contract(customer, products, start):
    """The values of a contract that is due on its first day, monthly."""
    return {
        "name": customer.name,
        "partner_id": customer.id,
        "line_recurrence": False,
        "recurring_rule_type": "monthly",
        "recurring_interval": 1,
        "recurring_invoicing_type": "pre-paid",
        "date_start": start,
        "recurring_next_date": start,
        "contract_line_ids": [
            Command.create(
                {
                    "product_id": product.id,
                    "name": product.name,
                    "quantity": 1,
                    "price_unit": product.list_price,
                    "date_start": start,
                    "recurring_next_date": start,
                }
            )
            for product in products
        ],
    }


def warm_up(env):
    """Bill what was due yesterday."""
    yesterday = fields.Date.context_today(env.user) - timedelta(days=1)
    env["contract.contract"].cron_recurring_create_invoice(yesterday)
    env.cr.commit()


def perform(env):
    """The scheduled action."""
    env.ref("contract.contract_cron_for_invoice").method_direct_trigger()
    env.cr.commit()
