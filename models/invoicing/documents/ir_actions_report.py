import logging

from odoo import models
from odoo.exceptions import UserError

from .nudge import FELL, nudged

_logger = logging.getLogger(__name__)


class IrActionsReport(models.Model):
    """A document is printed even where the PDF engine falls over its last line."""

    _inherit = "ir.actions.report"

    def _run_wkhtmltopdf(self, bodies, *args, **kwargs):
        # EXTENDS base
        bodies = list(bodies)
        try:
            return super()._run_wkhtmltopdf(bodies, *args, **kwargs)
        except UserError as error:
            if FELL not in str(error):
                raise
        _logger.info("The PDF engine fell; %s bodies again, longer", len(bodies))
        return super()._run_wkhtmltopdf(
            [nudged(body) for body in bodies], *args, **kwargs
        )
