"""Uninstalls the module as the app list does. Run in Odoo's shell."""

env["ir.module.module"]._get("recurring_billing").button_immediate_uninstall()
