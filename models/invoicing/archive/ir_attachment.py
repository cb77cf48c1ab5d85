from odoo import models
from odoo.exceptions import UserError

from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG

from .guards import is_archive_writer

#: The fields of an invoice whose files are archived.
KEPT_FIELDS = {"invoice_pdf_report_file": "pdf", "ubl_cii_xml_file": "xml"}
_CONTENT = {
    "raw",
    "datas",
    "db_datas",
    "store_fname",
    "url",
    "type",
    "name",
    "mimetype",
    "res_model",
    "res_id",
    "res_field",
    "company_id",
}


class IrAttachment(models.Model):
    """A file that the archive keeps, or that stands on an archived invoice."""

    _inherit = "ir.attachment"

    def write(self, vals):
        # EXTENDS base
        if _CONTENT.intersection(vals):
            self._check_billing_kept()
        return super().write(vals)

    def unlink(self):
        # EXTENDS base
        self._check_billing_kept()
        return super().unlink()

    def _check_billing_kept(self):
        """Refuse to touch what is archived, whoever asks.

        :raises UserError: naming the file, the fact and the remedy.
        """
        if is_archive_writer(self.env) or not self:
            return
        # Whether a file is kept does not depend on who may read it.
        candidates = self.sudo().filtered(
            lambda file: (
                file.res_model == "billing.archive"
                or (file.res_model == "account.move" and file.res_field in KEPT_FIELDS)
            )
        )
        if not candidates:
            return
        kept = self._filter_billing_kept(candidates)
        if kept and not self._is_billing_uninstalled():
            raise UserError(
                self.env._(
                    "%(file)s is in the archive and stays as it was issued. Correct "
                    "the document with a credit note.",
                    file=kept[0].name,
                )
            )

    def _filter_billing_kept(self, candidates):
        own = candidates.filtered(lambda file: file.res_model == "billing.archive")
        # Whether an invoice is archived holds for all, also for who may not see it.
        moves = (
            self.env["account.move"].sudo().browse((candidates - own).mapped("res_id"))
        )
        archived = set(
            moves.exists()
            .filtered(lambda move: move.billing_archive_state == "archived")
            .ids
        )
        return own | candidates.filtered(
            lambda file: file.res_model == "account.move" and file.res_id in archived
        )

    def _is_billing_uninstalled(self):
        """Whether the module leaves, which was refused before if it must not.

        The context alone proves nothing: a client can send it.
        """
        # Whether a module leaves is no secret.
        return (
            self.env.context.get(MODULE_UNINSTALL_FLAG)
            and self.env["ir.module.module"]._get("recurring_billing").sudo().state
            == "to remove"
        )
