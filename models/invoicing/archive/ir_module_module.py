from odoo import models
from odoo.exceptions import UserError
from odoo.tools.misc import format_date

_NAME = "recurring_billing"


class IrModuleModule(models.Model):
    """The module that keeps the archive: it does not leave with it."""

    _inherit = "ir.module.module"

    def write(self, vals):
        # EXTENDS base: every way to uninstall, also of what we depend on, passes here.
        if vals.get("state") == "to remove" and _NAME in self.mapped("name"):
            self._check_billing_archive_taken()
        return super().write(vals)

    def _check_billing_archive_taken(self):
        """Refuse to uninstall while documents must be kept that nobody took along.

        :raises UserError: naming company, number of documents, date and remedy.
        """
        # All companies lose their archive, whoever uninstalls.
        archives = self.env["billing.archive"].sudo()
        groups = archives._read_group(
            [("state", "=", "sealed")],
            ["company_id"],
            ["__count", "retained_until:max", "sequence:max"],
        )
        for company, count, until, last in groups:
            if until < company._billing_today():
                continue
            if not self.env["billing.archive.export"]._covers(company, last):
                raise UserError(
                    self.env._(
                        "The archive of %(company)s keeps %(count)s records, up to "
                        "%(date)s: the law asks for them that long. Take an export of "
                        "the whole archive first (Billing, Archive, Export a period), "
                        "and keep it.",
                        company=company.name,
                        count=count,
                        date=format_date(self.env, until),
                    )
                )
