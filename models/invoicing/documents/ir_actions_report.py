import logging

from odoo import models
from odoo.exceptions import UserError

_logger = logging.getLogger(__name__)

#: How the PDF engine's death of a broken pointer is told, in every language.
_FELL = "-11"
#: Millimetres by which the text is moved down for a second try.
_NUDGE = 1.5


def nudged(body):
    """The same page of HTML a hair lower on the paper.

    wkhtmltopdf (0.12.6, patched Qt) dies of a document whose text ends within a point
    of the foot of a page: it counts one page more than it prints. One in some hundred
    documents of several pages; a millimetre lower it is printed.

    :param str body: a whole page, with its head.
    """
    style = f"<style>div.page {{ padding-top: {_NUDGE}mm; }}</style></head>"
    return body.replace("</head>", style, 1)


class IrActionsReport(models.Model):
    """A document is printed even where the PDF engine falls over its last line."""

    _inherit = "ir.actions.report"

    def _run_wkhtmltopdf(self, bodies, *args, **kwargs):
        # EXTENDS base
        bodies = list(bodies)
        try:
            return super()._run_wkhtmltopdf(bodies, *args, **kwargs)
        except UserError as error:
            if _FELL not in str(error):
                raise
        _logger.info("The PDF engine fell; %s bodies again, moved down", len(bodies))
        return super()._run_wkhtmltopdf(
            [nudged(body) for body in bodies], *args, **kwargs
        )
