import logging
from contextlib import suppress

from odoo import api, models
from odoo.exceptions import UserError

from ..run.billing_invoicing import NO_ITEMS_FAULT
from .billing_rendering_tape import Waiting, get_tape

_logger = logging.getLogger(__name__)


class AccountMoveSend(models.AbstractModel):
    _inherit = "account.move.send"

    @api.model
    def _prepare_invoice_pdf_report(self, invoices_data):
        tape = get_tape(self.env)
        if not tape:
            return super()._prepare_invoice_pdf_report(invoices_data)
        make = super()._prepare_invoice_pdf_report
        for invoice, invoice_data in invoices_data.items():
            tape.turn_to(invoice.id)
            self._billing_try_document(make, invoice, invoice_data)
        for invoice, invoice_data in invoices_data.items():
            if tape.is_waiting(invoice.id):
                tape.turn_to(invoice.id, play=True)
                self._billing_try_document(make, invoice, invoice_data)
        tape.forget()
        return None

    @api.model
    def _billing_try_document(self, make, invoice, invoice_data):
        """Do one document's part; what it cannot do becomes its own error."""
        try:
            with self.env.cr.savepoint(), suppress(Waiting):
                make({invoice: invoice_data})
        except NO_ITEMS_FAULT:
            raise
        except UserError as error:
            invoice_data["error"] = {"error_title": str(error)}
        except Exception as error:
            _logger.exception("Rendering %s failed", invoice.name)
            invoice_data["error"] = {
                "error_title": self.env._(
                    "its layout could not be filled in (%(error)s). Correct the layout"
                    " or what it prints, then retry.",
                    error=error,
                )
            }
