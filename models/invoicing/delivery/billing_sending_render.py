"""The documents that deliveries need, made in transactions of their own."""

from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL

from ..run.billing_invoicing import RETRIABLE
from .billing_delivery import delivery_writer

#: Documents made in one transaction.
RENDERED = 40
#: A document that could not be made is tried so often, at such intervals.
RENDER_TRIES = 3
RENDER_WAIT = timedelta(minutes=5)


class BillingSending(models.AbstractModel):
    _inherit = "billing.sending"

    @api.model
    def _render_all(self):
        """Make the documents of planned deliveries, a batch a transaction.

        :return: whether nothing is left; else the job runs again.
        """
        while rows := self._get_unrendered():
            try:
                for company, members in rows.grouped("company_id").items():
                    service = self.with_company(company).with_context(
                        allowed_company_ids=company.ids
                    )
                    service._render_rows(members.with_env(service.env))
                self.env.flush_all()
            except RETRIABLE:
                # Somebody changed one of the documents meanwhile.
                self.env.cr.rollback()
            in_time = self.env["ir.cron"]._commit_progress(len(rows), remaining=1)
            self._wake("send")
            if not in_time:
                self._go_on()
                return False
        self._wake_for_next()
        return True

    @api.model
    def _get_unrendered(self):
        """The next planned deliveries whose document is to be made."""
        self.env["billing.delivery"].flush_model()
        moves = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT move_id FROM billing_delivery
                 WHERE state = 'to_send' AND origin = 'job'
                   AND (failures = 0 OR failures IS NULL OR next_try_at <= %s)
                 ORDER BY move_id LIMIT %s
                """,
                self.env.cr.now(),
                RENDERED,
            )
        )
        return self.env["billing.delivery"].search(
            [
                ("move_id", "in", [move_id for (move_id,) in moves]),
                ("state", "=", "to_send"),
                ("origin", "=", "job"),
            ]
        )

    @api.model
    def _render_rows(self, rows):
        """Make the documents of deliveries of one company, and put them into line."""
        # A platform has its own documents made, by core.
        own = rows.filtered(lambda row: row.channel != "platform")
        faults = self.env["billing.rendering"]._render(own.move_id)
        faulty = own.filtered(lambda row: row.move_id in faults)
        ready = rows - faulty
        ready.filtered(lambda row: row.channel == "post")._apply(
            "to_post", next_try_at=False
        )
        ready.filtered(lambda row: row.state == "to_send")._apply(
            "prepared", failures=0
        )
        for move, members in faulty.grouped("move_id").items():
            self._put_rendering_off(members, faults[move])
        rows.filtered("needs_person").move_id._billing_ask_for_delivery()

    @api.model
    def _put_rendering_off(self, rows, fault):
        tries = max(rows.mapped("failures")) + 1
        if tries >= RENDER_TRIES:
            rows._apply("prepare_failed", answer=fault, next_try_at=False)
            return
        at = self.env.cr.now() + RENDER_WAIT
        for row in delivery_writer(rows):
            # The hours of the recipient still hold.
            opening = max(at, row.next_try_at or at)
            row.write({"failures": tries, "next_try_at": opening, "answer": fault})
        self._wake("prepare", at)

    @api.model
    def _wake_for_next(self):
        """Come back when the next window opens, or the next try is due."""
        now = self.env.cr.now()
        row = self.env["billing.delivery"].search(
            [("state", "=", "queued"), ("next_try_at", ">", now)],
            order="next_try_at",
            limit=1,
        )
        if row:
            self._wake("send", row.next_try_at)
