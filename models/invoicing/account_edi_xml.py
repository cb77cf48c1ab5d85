from odoo import models


class AccountEdiXmlCii(models.AbstractModel):
    """The billing period of each line, in the electronic invoice (BG-26, BG-14)."""

    _inherit = "account.edi.xml.cii"

    def _export_invoice_vals(self, invoice):
        # EXTENDS account_edi_ubl_cii
        vals = super()._export_invoice_vals(invoice)
        periods = []
        for line_vals in vals["invoice_line_vals_list"]:
            line = line_vals["line"]
            if line.billing_period_start and line.billing_period_end:
                line_vals["billing_start"] = line.billing_period_start
                line_vals["billing_end"] = line.billing_period_end
                periods.append((line.billing_period_start, line.billing_period_end))
        if periods:
            # BG-14 is the span of the lines, not the days of issue and payment.
            vals["billing_start"] = min(start for start, _end in periods)
            vals["billing_end"] = max(end for _start, end in periods)
        return vals


class AccountEdiXmlUbl21(models.AbstractModel):
    """The same in the UBL formats."""

    _inherit = "account.edi.xml.ubl_21"

    def _add_invoice_line_period_nodes(self, line_node, vals):
        # EXTENDS account_edi_ubl_cii
        base_line = vals["base_line"]
        line = base_line["record"]
        if line._name == "account.move.line" and line.billing_period_start:
            vals = {
                **vals,
                "base_line": {
                    **base_line,
                    "deferred_start_date": line.billing_period_start,
                    "deferred_end_date": line.billing_period_end,
                },
            }
        return super()._add_invoice_line_period_nodes(line_node, vals)
