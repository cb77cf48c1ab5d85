"""Archives the invoices, is refused, takes the export along. Run in Odoo's shell."""

from odoo.exceptions import UserError

env.ref("recurring_billing.ir_cron_archive").method_direct_trigger()
# The action worked in transactions of its own; this one began before them.
env.cr.rollback()
env.invalidate_all()
archives = env["billing.archive"].search([("state", "=", "sealed")])
assert len(archives) == 12, env["billing.archive"].search([]).mapped("fault")
module = env["ir.module.module"]._get("recurring_billing")
refusal = ""
try:
    module.button_immediate_uninstall()
except UserError as error:
    refusal = str(error)
assert "Take an export of the whole archive" in refusal, refusal
env.cr.rollback()
assert module.state == "installed"
days = archives.mapped("document_date")
export = env["billing.archive.export"]._request(env.company, min(days), max(days))
assert export.state == "done" and export.is_whole, export.findings
env.cr.commit()
