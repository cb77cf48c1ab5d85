"""Files that invoice or archive lost, brought back from what still holds them."""

import hashlib

from odoo import models
from odoo.exceptions import UserError

from .guards import archive_writer
from .ir_attachment import KEPT_FIELDS


class BillingArchive(models.Model):
    _inherit = "billing.archive"

    def action_restore(self):
        """Bring back each file that one of its keepers lost.

        The invoice's file comes back from the archive; the archive's from the invoice,
        from inside the PDF, or from the ledger. What is brought back has the SHA-256
        that was sealed, or nothing is.
        """
        self.ensure_one()
        self.check_access("read")
        self.move_id.check_access("write")
        # The content is compared with the seal; who may correct the invoice may ask.
        restored, lost = self.sudo()._restore_files()
        if not restored:
            raise UserError(self._get_not_restored_text(lost))
        # The register belongs to the archive that the user was let into.
        self.env["billing.archive.chain"].sudo().search(
            [("company_id", "=", self.company_id.id)]
        )._verify_records(self)
        message = self.env._(
            "%(document)s: %(files)s restored.",
            document=self.number,
            files=", ".join(restored),
        )
        if lost:
            message = f"{message} {self._get_not_restored_text(lost)}"
        return self._notify(message, "warning" if lost else "success")

    def _get_not_restored_text(self, lost):
        """Why nothing (more) comes back.

        :param lost: names of files that nobody holds any more.
        """
        if lost:
            return self.env._(
                "%(document)s: %(files)s cannot be restored, nothing here holds what "
                "was sealed: take them from a backup.",
                document=self.number,
                files=", ".join(lost),
            )
        return self.env._(
            "%(document)s: nothing to restore. Invoice and archive hold what was "
            "sealed.",
            document=self.number,
        )

    def _restore_files(self):
        """Let invoice and archive hold what was sealed again.

        :return: the names of what came back, and of what nobody holds.
        """
        restored, lost = [], []
        originals = self._get_original_files()
        for file in self.file_ids.sorted(lambda file: file.kind != "pdf"):
            content = file._read_content()
            kept = file._is_sealed(content)
            if not kept:
                content = self._find_content(file, originals)
                if content is None:
                    lost.append(file.name)
                    continue
                file._replace_content(content)
            if self._restore_original(file, originals, content) or not kept:
                restored.append(file.name)
        return restored, lost

    def _get_original_files(self):
        """The invoice's own attachments, by kind."""
        found = self.env["ir.attachment"].search(
            [
                ("res_model", "=", "account.move"),
                ("res_id", "=", self.move_id.id),
                ("res_field", "in", list(KEPT_FIELDS)),
            ]
        )
        return {KEPT_FIELDS[one.res_field]: one for one in found}

    def _find_content(self, file, originals):
        """The sealed content of a file that the archive lost; None when it is gone."""
        service = self.env["billing.archiving"]
        sources = [originals[file.kind].raw] if file.kind in originals else []
        if file.kind == "xml":
            sources.append(self._get_embedded_content(file, originals))
        if file.kind == "computation":
            sources.append(service._get_computations(self.move_id).get(self.move_id.id))
        return next((one for one in sources if file._is_sealed(one)), None)

    def _get_embedded_content(self, file, originals):
        """The electronic invoice out of the PDF, where one of the two keeps it."""
        pdf = self.file_ids.filtered(lambda one: one.kind == "pdf")[:1]
        contents = [pdf._read_content()]
        if "pdf" in originals:
            contents.append(originals["pdf"].raw)
        sealed = next((one for one in contents if pdf._is_sealed(one)), None)
        if not sealed:
            return None
        embedded = self.env["billing.archiving"]._get_embedded(sealed)
        return embedded.get((file.kind, file.name))

    def _restore_original(self, file, originals, content):
        """Let the invoice hold a file as it was sealed.

        :return: whether it did not.
        """
        original = originals.get(file.kind)
        if file.kind not in KEPT_FIELDS.values():
            return False
        if original and original.raw == content:
            return False
        if original:
            # Its damaged file is replaced, not its record: chatter and links stay.
            archive_writer(original).raw = content
        elif file.kind == "xml" and self._get_embedded_content(file, originals):
            # It never stood on the invoice: it is inside of the PDF.
            return False
        else:
            field = next(
                name for name, kind in KEPT_FIELDS.items() if kind == file.kind
            )
            archive_writer(self.env["ir.attachment"]).create(
                {
                    "name": file.name,
                    "raw": content,
                    "res_model": "account.move",
                    "res_id": self.move_id.id,
                    "res_field": field,
                    "company_id": self.company_id.id,
                }
            )
        self.move_id.invalidate_recordset()
        return True


class BillingArchiveFile(models.Model):
    _inherit = "billing.archive.file"

    def _read_content(self):
        """The kept bytes; None when nothing can be read."""
        attachment = self.attachment_id.exists()
        if not attachment:
            return None
        # An empty answer is what core gives for a file that is gone.
        return attachment.raw or None

    def _is_sealed(self, content):
        """Whether bytes are what was sealed."""
        return (
            content is not None
            and len(content) == self.size
            and hashlib.sha256(content).hexdigest() == self.sha256
        )

    def _replace_content(self, content):
        """Give the archive its content back, compared with the seal by the caller."""
        attachments = archive_writer(self.env["ir.attachment"])
        self._set_content(
            attachments.create(
                {
                    "name": self.name,
                    "raw": content,
                    "res_model": "billing.archive",
                    "res_id": self.archive_id.id,
                    "company_id": self.company_id.id,
                }
            )
        )
