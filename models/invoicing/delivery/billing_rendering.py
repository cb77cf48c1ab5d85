"""PDFs of documents, many at once."""

import logging
import os
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import split_every

from odoo.addons.base.models.ir_actions_report import _wkhtml

from ..run.billing_invoicing import NO_ITEMS_FAULT
from .billing_rendering_files import LocalFiles
from .billing_rendering_tape import CONTEXT_KEY, Tape

_logger = logging.getLogger(__name__)

#: Documents in memory, and locked, at once.
CHUNK = 40
#: Linking files changes no line of a posted document: its entries need no looking at.
LINKING = {
    "skip_is_manually_modified": True,
    "skip_invoice_sync": True,
    "check_move_validity": False,
}
PROCESSES = "recurring_billing.rendering_processes"
MOST_PROCESSES = 8
SECONDS = "recurring_billing.rendering_seconds"
DEFAULT_SECONDS = 120


class BillingRendering(models.AbstractModel):
    """Makes PDFs of posted documents, with the electronic invoice inside.

    The path is core's own, hook by hook (``account.move.send``); only wkhtmltopdf is
    started once per document, for several documents at once, without the delay of
    ``report.print_delay``, and without a server that serves styles.
    """

    _name = "billing.rendering"
    _description = "Rendering of Documents"

    @api.model
    def _render(self, moves):
        """Make the PDF of each posted customer document that lacks it.

        A PDF that is there is kept: it may have been sent. Documents that another
        transaction works on are left to it, with a sentence. Nothing is committed, and
        a document that fails leaves nothing behind.

        :param moves: ``account.move``.
        :return: ``{move: sentence}`` of the documents that have no PDF now: record,
            fact, remedy.
        :rtype: dict
        :raises psycopg2.OperationalError: when another transaction changed a document
            meanwhile, or the database cannot go on: the caller begins again.
        """
        faults = {}
        with (
            tempfile.TemporaryDirectory(prefix="report_styles_") as folder,
            ThreadPoolExecutor(self._get_processes()) as pool,
        ):
            files = LocalFiles(self.env, Path(folder).resolve())
            tape = Tape(self, files, pool, self._get_seconds())
            for ids in split_every(CHUNK, moves.ids):
                try:
                    faults.update(self._render_chunk(moves.browse(ids), tape))
                finally:
                    # When the caller begins again, nobody waits for what was begun.
                    tape.forget()
                # Files and HTML of thousands of documents do not pile up in the cache.
                self.env.invalidate_all()
        return {
            move: self.env._(
                "%(document)s has no PDF: %(reason)s",
                document=move.name or move.display_name,
                reason=reason,
            )
            for move, reason in faults.items()
        }

    # === One chunk === #

    @api.model
    def _render_chunk(self, moves, tape):
        """:return: ``{move: reason}``."""
        missing = moves.filtered(lambda move: not move.invoice_pdf_report_id)
        locked = missing.try_lock_for_update(allow_referencing=True)
        faults = dict.fromkeys(
            missing - locked,
            self.env._("it is being worked on elsewhere. Retry in a minute."),
        )
        return {**faults, **self._render_locked(locked, tape)}

    @api.model
    def _render_locked(self, moves, tape):
        """Render together; when the hooks of one take all down, each alone."""
        try:
            with self.env.cr.savepoint():
                return self._generate(moves, tape)
        except NO_ITEMS_FAULT:
            raise
        except UserError as error:
            reason = str(error)
        except Exception as error:
            _logger.exception("Rendering documents %s failed", moves.ids)
            reason = self.env._(
                "its electronic invoice could not be made (%(error)s). Correct what it"
                " names, then retry.",
                error=error,
            )
        tape.forget()
        if len(moves) == 1:
            return {moves: reason}
        faults = {}
        for move in moves:
            faults.update(self._render_locked(move, tape))
        return faults

    @api.model
    def _generate(self, moves, tape):
        """Core's generation of documents, and what it found wrong with each."""
        self._warm(moves)
        send = self.env["account.move.send"].with_context(**{CONTEXT_KEY: tape})
        faults, moves_data = {}, {}
        for move in moves:
            try:
                send._check_sending_data(move)
                # As core does: what is printed is more than the user may open.
                document = move.sudo().with_context(**LINKING)
                moves_data[document] = self._get_settings(send, move)
            except UserError as error:
                faults[move] = str(error)
        # Core marks what has a PDF as sent; nobody has sent it yet.
        unsent = [move for move in moves_data if not move.is_move_sent]
        send._generate_invoice_documents(moves_data)
        for move in unsent:
            move.is_move_sent = False
        for move, move_data in moves_data.items():
            if move_data.get("error"):
                faults[moves.browse(move.id)] = send._format_error_text(
                    move_data["error"]
                )
        return faults

    @api.model
    def _warm(self, moves):
        """Read at once what the documents would read one by one."""
        for path in (
            "line_ids.tax_ids.tax_group_id",
            "line_ids.tax_tag_ids",
            "line_ids.product_id.product_tmpl_id",
            "partner_id.country_id",
            "partner_shipping_id.country_id",
            "commercial_partner_id.country_id",
        ):
            moves.mapped(path)
        for move in moves:
            # Core's computation writes to those lines of the document it was not asked
            # for: they would be computed anew, and the document be marked as modified.
            move.line_ids.with_prefetch().mapped("parent_id")

    @api.model
    def _get_settings(self, send, move):
        """Core's settings for a document that is made, not sent: no mail is written,
        no network called. The electronic format is that of the way it will go.
        """
        methods = send._get_default_sending_methods(move)
        edi_format = send._get_default_invoice_edi_format(move, sending_methods=methods)
        return send._get_default_sending_settings(
            move, sending_methods=[], invoice_edi_format=edi_format
        )

    # === The binary === #

    @api.model
    def _get_binary(self):
        """What is known of wkhtmltopdf on this server.

        :rtype: WkhtmlInfo
        """
        return _wkhtml()

    @api.model
    def _check_binary(self):
        """:raises UserError: when it cannot print a lawful document."""
        binary = self._get_binary()
        if binary.state in ("install", "broken", "upgrade"):
            raise UserError(
                self.env._(
                    "wkhtmltopdf does not work on this server. Install version"
                    " 0.12.6.1 with patched Qt, restart Odoo, then retry."
                )
            )
        if not binary.is_patched_qt:
            raise UserError(
                self.env._(
                    "the wkhtmltopdf of this server (%(version)s, without patched Qt)"
                    " prints neither header nor footer, so the seller's mentions would"
                    " be missing. Install version 0.12.6.1 with patched Qt, restart"
                    " Odoo, then retry.",
                    version=binary.version,
                )
            )

    @api.model
    def _explain_jam(self, jam):
        """The sentence for a ``Jam``."""
        if jam.kind == "hung":
            return self.env._(
                "wkhtmltopdf was stopped after %(seconds)s seconds. Retry; if it"
                " happens again, look for a picture in the layout that no server"
                " delivers.",
                seconds=jam.detail,
            )
        if jam.kind == "empty":
            return self.env._(
                "wkhtmltopdf ended without a PDF. Look at the free space of the"
                " server's temporary folder, then retry."
            )
        return self.env._(
            "wkhtmltopdf failed (%(detail)s). Look at the server's free memory, then"
            " retry.",
            detail=jam.detail,
        )

    @api.model
    def _get_processes(self):
        cores = len(os.sched_getaffinity(0))
        return min(self._get_number(PROCESSES, cores), MOST_PROCESSES)

    @api.model
    def _get_seconds(self):
        return self._get_number(SECONDS, DEFAULT_SECONDS)

    @api.model
    def _get_number(self, parameter, default):
        # Neither the number of processes nor a limit is a secret.
        value = self.env["ir.config_parameter"].sudo().get_param(parameter) or ""
        return int(value) if value.isdigit() and int(value) else default
