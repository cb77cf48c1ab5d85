from odoo import models


class IrUiMenu(models.Model):
    _inherit = "ir.ui.menu"

    def _load_menus_blacklist(self):
        # EXTENDS base: without the other module there is nothing to read.
        hidden = super()._load_menus_blacklist()
        if "contract.contract" not in self.env:
            menu = self.env.ref(
                "recurring_billing.billing_intake_contract_menu",
                raise_if_not_found=False,
            )
            if menu:
                hidden.append(menu.id)
        return hidden
