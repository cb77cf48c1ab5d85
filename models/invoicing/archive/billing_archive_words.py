"""What the screens of the archive say and do."""

import hashlib

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.misc import format_date, format_time, formatLang

from .guards import archive_writer
from .ir_attachment import KEPT_FIELDS

#: More documents than this are verified by the scheduled action, not by a button.
AT_ONCE = 2000


class BillingArchiveChain(models.Model):
    _inherit = "billing.archive.chain"

    def _get_state_text(self, user):
        """Number of documents, state of the chain, and since when, in one sentence.

        :param user: a ``res.users`` who reads it, in their time zone.
        """
        self.ensure_one()
        # How many there are is no secret to who reads the register.
        archives = self.env["billing.archive"].sudo()
        count = archives.search_count(
            [
                ("company_id", "=", self.company_id.id),
                ("kind", "=", "document"),
                ("state", "=", "sealed"),
            ]
        )
        values = {
            "count": archives._get_number_text(count),
            "damages": len(self._get_open_damages()),
            "moment": self._get_moment_text(user),
        }
        if values["damages"]:
            return self.env._(
                "%(count)s documents, damages found: %(damages)s. Open them, and "
                "restore what can be restored.",
                **values,
            )
        if not self.links_verified_at:
            return self.env._("%(count)s documents, not yet verified.", **values)
        return self.env._(
            "%(count)s documents, chain intact, verified %(moment)s.", **values
        )

    def _get_moment_text(self, user):
        moment = self.links_verified_at
        if not moment:
            return ""
        zone = user.tz or "UTC"
        local = fields.Datetime.context_timestamp(self.with_context(tz=zone), moment)
        today = fields.Date.context_today(self.with_context(tz=zone))
        if local.date() == today:
            time = format_time(self.env, moment, tz=zone, time_format="short")
            return self.env._("today at %(time)s", time=time)
        date = format_date(self.env, local.date())
        return self.env._("on %(date)s", date=date)


class BillingArchive(models.Model):
    _inherit = "billing.archive"

    # === Words === #

    @api.model
    def _get_number_text(self, number):
        """A number with the separators of the reader's language."""
        return formatLang(self.env, number, digits=0)

    @api.model
    def get_billing_headline(self, domain):
        """How the archive stands, in a sentence, for the companies of the reader.

        :param list domain: of the list; the sentence is about the whole archive.
        """
        self.browse().check_access("read")
        chains = self.env["billing.archive.chain"].search(
            [("company_id", "in", self.env.companies.ids), ("sequence", ">", 0)]
        )
        if not chains:
            return ""
        texts = []
        for chain in chains:
            text = chain._get_state_text(self.env.user)
            if len(chains) > 1:
                text = self.env._(
                    "%(company)s: %(text)s", company=chain.company_id.name, text=text
                )
            texts.append(text)
        waiting = self.search_count([("fault", "!=", False), ("state", "=", "waiting")])
        if waiting:
            texts.append(
                self.env._("%(count)s documents wait for their PDF.", count=waiting)
            )
        return " ".join(texts)

    # === Buttons === #

    def action_verify(self):
        """Verify the chain, and the files of these documents; of all, from the list.

        Large archives are left to the scheduled action.
        """
        self.check_access("read")
        companies = self.company_id or self.env.companies
        chains = self.env["billing.archive.chain"].search(
            [("company_id", "in", companies.ids)]
        )
        for chain in chains:
            # Users may ask for a verification; its result is the archive's own.
            service = chain.sudo()
            if not self and chain.sequence > AT_ONCE:
                cron = self.env.ref("recurring_billing.ir_cron_archive_verify_whole")
                cron.sudo()._trigger()
            elif not self:
                service._verify_whole()
            else:
                service._verify_records(self)
        self.invalidate_recordset()
        return self._notify_verified(chains)

    def _notify_verified(self, chains):
        damaged = any(chain._get_open_damages() for chain in chains)
        if self:
            damaged = "damaged" in self.mapped("integrity")
            message = (
                " ".join(filter(None, self.mapped("damage_text")))
                if damaged
                else self.env._(
                    "Intact: record, seal and files are as they were sealed."
                )
            )
        else:
            message = self.get_billing_headline([])
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "danger" if damaged else "success",
                "message": message,
                "sticky": damaged,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_restore(self):
        """Bring back each file that one of its two keepers lost.

        The invoice's file comes back from the archive, the archive's from the invoice;
        what is brought back has the SHA-256 that was sealed, or nothing is.
        """
        self.ensure_one()
        self.check_access("read")
        self.move_id.check_access("write")
        # The content is compared with the seal; who may correct the invoice may ask.
        restored = self.sudo()._restore_files()
        if not restored:
            raise UserError(
                self.env._(
                    "%(document)s: nothing to restore. Invoice and archive hold the "
                    "same files, or both lost them: then take them from a backup.",
                    document=self.number,
                )
            )
        # The register belongs to the archive that the user was let into.
        self.env["billing.archive.chain"].sudo().search(
            [("company_id", "=", self.company_id.id)]
        )._verify_records(self)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "%(document)s: %(files)s restored.",
                    document=self.number,
                    files=", ".join(restored),
                ),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _restore_files(self):
        """Let invoice and archive hold the same files again; return their names."""
        restored = []
        originals = self._get_original_files()
        for file in self.file_ids:
            content = file._read_content()
            kept = content if file._is_sealed(content) else None
            original = originals.get(file.kind)
            held = original.raw if original else None
            if kept is not None and held != kept and file.kind in ("pdf", "xml"):
                self._restore_original(file, original, kept)
                restored.append(file.name)
            elif kept is None and file._is_sealed(held):
                file._replace_content(held)
                restored.append(file.name)
        return list(dict.fromkeys(restored))

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

    def _restore_original(self, file, original, content):
        # An electronic invoice inside the PDF comes back with the PDF.
        field = next(name for name, kind in KEPT_FIELDS.items() if kind == file.kind)
        if original:
            # Its damaged file is replaced, not its record: chatter and links stay.
            archive_writer(original).raw = content
        elif file.kind == "pdf" or not self._is_embedded(file):
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

    def _is_embedded(self, file):
        """Whether the electronic invoice came out of the PDF."""
        service = self.env["billing.archiving"]
        pdf = self.file_ids.filtered(lambda one: one.kind == "pdf")[:1]._read_content()
        return bool(pdf) and (file.kind, file.name) in service._get_embedded(pdf)


class BillingArchiveFile(models.Model):
    _inherit = "billing.archive.file"

    size_text = fields.Char(string="Size", compute="_compute_size_text")

    @api.depends_context("lang")
    @api.depends("size")
    def _compute_size_text(self):
        for file in self:
            kilobytes = formatLang(self.env, file.size / 1000, digits=1)
            file.size_text = self.env._("%(size)s kB", size=kilobytes)

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
