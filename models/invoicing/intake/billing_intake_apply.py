"""Taking over: contracts that are ready become running subscriptions.

In batches, each under a savepoint and committed by the scheduled action; what fails in
a batch is found by taking its members one by one, and is refused with its reason.
"""

import logging

from markupsafe import Markup

from odoo import Command, api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..run.billing_invoicing import RETRIABLE

_logger = logging.getLogger(__name__)

#: Contracts that are taken over and committed together.
BATCH = 50
#: More than these are left to the scheduled action: nobody waits for them.
AT_ONCE = 50


class BillingIntake(models.Model):
    _inherit = "billing.intake"

    def _apply(self):
        """Take contracts over that are ready: at once, or in the background."""
        ready = self.filtered(lambda intake: intake.state == "ready")
        ready.applied_by_id = self.env.user
        if len(ready) > AT_ONCE:
            ready.state = "queued"
            # Waking the scheduler is no matter of rights.
            cron = self.env.ref("recurring_billing.ir_cron_take_over").sudo()
            cron._trigger()
        else:
            ready._take_over()

    # === The scheduled action === #

    @api.model
    def _cron_take_over(self):
        """Take queued contracts over, each in the name of who asked for it."""
        cron = self.env["ir.cron"]
        left = self.search_count([("state", "=", "queued")])
        time_left = cron._commit_progress(remaining=left)
        while left and time_left:
            batch = self._claim_queued()
            if not batch:
                break
            try:
                batch._take_over_in_name()
                self.env.flush_all()
            except RETRIABLE as error:
                self.env.cr.rollback()
                _logger.info("A batch of contracts is tried again (%s)", error)
            self.env.invalidate_all()
            left = self.search_count([("state", "=", "queued")])
            time_left = cron._commit_progress(len(batch), remaining=left)
        if left and self.env.context.get("cron_id"):
            # Go on at once: the scheduler would wait a minute otherwise.
            cron.browse(self.env.context["cron_id"])._trigger()

    @api.model
    def _claim_queued(self):
        """The next batch of one company and one person, locked."""
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT intake.id
                  FROM billing_intake intake
                  JOIN (SELECT company_id, applied_by_id FROM billing_intake
                         WHERE state = 'queued' ORDER BY id LIMIT 1) AS first
                 USING (company_id, applied_by_id)
                 WHERE intake.state = 'queued'
                 ORDER BY intake.id LIMIT %s
                   FOR UPDATE OF intake SKIP LOCKED
                """,
                BATCH,
            )
        )
        return self.browse(intake_id for (intake_id,) in rows)

    def _take_over_in_name(self):
        company = self.company_id
        self.with_user(self.applied_by_id).with_company(company).with_context(
            allowed_company_ids=company.ids
        )._take_over()

    # === One batch === #

    def _take_over(self):
        """Make subscriptions of contracts; those that cannot are refused, alone."""
        if not self._attempt_take_over(self):
            for intake in self:
                self._attempt_take_over(intake)

    def _attempt_take_over(self, intakes):
        """Take contracts over under one savepoint.

        :return: whether it is settled: done, or refused because it was alone.
        """
        try:
            with self.env.cr.savepoint():
                intakes._take_over_together()
        except RETRIABLE:
            raise
        except Exception as error:
            self.env.invalidate_all()
            if len(intakes) > 1:
                return False
            if not isinstance(error, UserError):
                _logger.exception("Contract %s was not taken over", intakes.id)
            intakes.write({"state": "refused", "message": str(error)})
        return True

    def _take_over_together(self):
        self.lock_for_update()
        self._check_source()
        known = self._find_taken_over()
        for intake in self:
            problems = intake._get_problems(known)
            if problems:
                raise UserError("\n".join(problems))
        self._mark_products()
        orders = (
            self.env["sale.order"]
            # A machine's work in hundreds leaves no trace in each chatter.
            .with_context(tracking_disable=True, send_email=False)
            .create([intake._prepare_order_vals() for intake in self])
        )
        orders.action_confirm()
        for intake, order in zip(self, orders, strict=True):
            intake.write({"state": "taken_over", "order_id": order.id})
        self._end_source()
        self.flush_recordset()

    def _mark_products(self):
        """Say on the products that they recur."""
        products = self.line_ids.product_id.product_tmpl_id
        products.filtered(
            lambda product: not product.billing_recurring
        ).billing_recurring = True

    def _prepare_order_vals(self):
        """The subscription that goes on where the other system stopped."""
        self.ensure_one()
        lines = self.line_ids.filtered(lambda line: not line.display_type)
        ends = lines.mapped(lambda line: line._get_end())
        opened = any(line._get_billed_until() for line in lines)
        owner = self.user_id or self.partner_id.user_id or self.env.user
        vals = {
            "partner_id": self.partner_id.id,
            "company_id": self.company_id.id,
            "user_id": owner.id,
            "origin": self.reference,
            "client_order_ref": self.client_order_ref,
            # A template of the company would bring its own lines and terms.
            "sale_order_template_id": False,
            "pricelist_id": self.pricelist_id.id,
            "billing_plan_id": self.plan_id.id,
            "billing_start_date": self.start_date,
            "billing_end_date": all(ends) and max(ends),
            "billing_opening": "already_billed" if opened else "bill_all",
            "billing_opened_until": self.billed_until,
            "order_line": [
                Command.create(line._prepare_order_line_vals())
                for line in self.line_ids
            ],
        }
        for name in (
            "partner_invoice_id",
            "fiscal_position_id",
            "payment_term_id",
            "journal_id",
        ):
            if self[name]:
                vals[name] = self[name].id
        return vals

    # === Where it comes from === #

    def _check_source(self):
        """Refuse what the other system invoiced or changed since it was read.

        :raises UserError: naming the contract.
        """
        for intake in self.filtered(lambda intake: intake.source == "contract"):
            contract = intake._get_source_contract()
            if intake._get_contract_digest(contract) != intake.source_digest:
                raise UserError(
                    self.env._(
                        "Contract %(contract)s was invoiced or changed since it was "
                        "read. Read the contracts again.",
                        contract=intake.reference,
                    )
                )

    def _end_source(self):
        """Keep the other system from invoicing what is billed here from now on."""
        taken = self.filtered(lambda intake: intake.source == "contract")
        if not taken:
            return
        contracts = taken._get_source_contract()
        contracts.active = False
        contracts._message_log_batch(
            bodies={
                intake.source_ref: self.env._(
                    "Taken over as subscription %(order)s, and archived: it invoices "
                    "no more.",
                    order=intake.order_id._get_html_link(),
                )
                for intake in taken
            }
        )
        taken.order_id._message_log_batch(
            bodies={intake.order_id.id: intake._get_source_note() for intake in taken}
        )

    def _get_source_note(self):
        """Where the subscription comes from, with the notes of the old contract."""
        self.ensure_one()
        link = self._get_source_contract()._get_html_link(title=self.reference)
        origin = self.env._("Taken over from contract %(contract)s.", contract=link)
        rows = [origin, self.note] if self.note else [origin]
        return Markup().join(Markup("<p>%s</p>") % row for row in rows)
