"""What the screens of the archive say and do."""

from odoo import api, fields, models
from odoo.tools.misc import format_date, format_time, formatLang

#: More documents than this are verified by the scheduled action, not by a button.
AT_ONCE = 2000
#: So many damages are told in a message; the list has them all.
TOLD = 5


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
        """Verify these documents, their files and their links; all, from the list.

        Large archives are left to the scheduled action.
        """
        self.check_access("read")
        companies = self.company_id or self.env.companies
        # Users may ask for a verification; its result is the archive's own.
        chains = (
            self.env["billing.archive.chain"]
            .search([("company_id", "in", companies.ids)])
            .sudo()
        )
        if self and len(self) <= AT_ONCE:
            answer = self._notify_few(chains._verify_records(self))
        elif not self and max(chains.mapped("sequence"), default=0) <= AT_ONCE:
            chains._verify_whole()
            damaged = any(chain._get_open_damages() for chain in chains)
            answer = self._notify(
                self.get_billing_headline([]), "danger" if damaged else "success"
            )
        else:
            cron = self.env.ref("recurring_billing.ir_cron_archive_verify_whole")
            cron.sudo()._trigger()
            answer = self._notify(
                self.env._(
                    "Too many to be verified while you wait: it begins now by itself, "
                    "and managers are told what is damaged."
                ),
                "info",
            )
        self.invalidate_recordset()
        return answer

    def _notify_few(self, damages):
        """What the verification of a few documents found.

        :param damages: ``billing.archive.damage`` of them and of their links.
        """
        if damages:
            texts = damages.with_env(self.env).sudo().mapped("text")
            return self._notify(" ".join(texts[:TOLD]), "danger")
        if len(self) == 1:
            text = self.env._(
                "Intact: this document, its files and its links to the one before and "
                "the one after are as they were sealed. The whole chain is verified "
                "every night."
            )
        else:
            text = self.env._(
                "Intact: these %(count)s documents, their files and their links to "
                "those before and after are as they were sealed. The whole chain is "
                "verified every night.",
                count=self._get_number_text(len(self)),
            )
        return self._notify(text, "success")

    def _notify(self, message, kind):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": kind,
                "message": message,
                "sticky": kind in ("danger", "warning"),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }


class BillingArchiveFile(models.Model):
    _inherit = "billing.archive.file"

    size_text = fields.Char(string="Size", compute="_compute_size_text")

    @api.depends_context("lang")
    @api.depends("size")
    def _compute_size_text(self):
        for file in self:
            kilobytes = formatLang(self.env, file.size / 1000, digits=1)
            file.size_text = self.env._("%(size)s kB", size=kilobytes)
