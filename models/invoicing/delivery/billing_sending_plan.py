"""From marks on posted documents to deliveries."""

from datetime import UTC, timedelta

from odoo import api, models
from odoo.tools import SQL
from odoo.tools.mail import email_normalize_all

from ....engine.delivery import common_mail_opening, next_opening
from ....engine.delivery_targets import Target
from ..run.billing_invoicing import RETRIABLE
from .billing_delivery import delivery_writer
from .delivery_settings import SettingsReader

#: Documents planned in one transaction.
PLANNED = 200
#: So long a common mail waits for the customer's other documents.
GATHER = timedelta(minutes=15)


class BillingSending(models.AbstractModel):
    _inherit = "billing.sending"

    @api.model
    def _plan_all(self):
        """Plan all marked documents, a batch a transaction.

        :return: whether nothing is left; else the job runs again.
        """
        while moves := self._get_marked():
            try:
                for company, members in moves.grouped("company_id").items():
                    service = self._in_language_of(company).with_company(company)
                    service = service.with_context(allowed_company_ids=company.ids)
                    service._plan(members.with_env(service.env))
                self.env.flush_all()
            except RETRIABLE:
                # Somebody changed one of the documents meanwhile.
                self.env.cr.rollback()
            if not self.env["ir.cron"]._commit_progress(len(moves), remaining=1):
                self._go_on()
                return False
        return True

    @api.model
    def _get_marked(self):
        """The next posted documents that have a mark, and no delivery for it."""
        self.env["account.move"].flush_model(["billing_delivery_state", "state"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT move.id FROM account_move move
                 WHERE move.billing_delivery_state = 'to_send'
                   AND move.state = 'posted'
                   AND NOT EXISTS (SELECT FROM billing_delivery row
                                    WHERE row.move_id = move.id
                                      AND row.state = 'to_send')
                 ORDER BY move.id LIMIT %s FOR UPDATE SKIP LOCKED
                """,
                PLANNED,
            )
        )
        return self.env["account.move"].browse(move_id for (move_id,) in rows)

    @api.model
    def _plan(self, moves):
        """Create the deliveries of documents of one company."""
        settings = self._read_settings(moves)
        last_days = self._get_last_common_days(settings.values())
        now = self.env.cr.now()
        vals_list = []
        for move, said in settings.items():
            opening = self._get_opening(said, now, last_days)
            for partner, email in self._get_addresses(said):
                target = Target(said.channel, partner.id, email)
                vals_list.append(
                    {
                        **self._prepare_delivery(
                            move, self._prepare_route(said, target)
                        ),
                        "choice": False,
                        "together": said.together and said.channel == "email",
                        "next_try_at": opening,
                    }
                )
        rows = self._put_deliveries(vals_list)
        self._settle_channels(rows)
        moves._billing_tell_delivery()

    @api.model
    def _read_settings(self, moves):
        """What plan and customer say today of documents of one company.

        :rtype: dict[account.move, Settings]
        """
        plans = self._get_plans(moves)
        reader = SettingsReader(self.env)
        none = self.env["billing.plan"]
        return {move: reader.get(move, plans.get(move.id, none)) for move in moves}

    @api.model
    def _prepare_route(self, settings, target):
        """To whom, over which channel and in which words a delivery goes."""
        return {
            "plan_id": settings.plan.id,
            "partner_id": target.recipient,
            "channel": target.channel,
            "method": (target.channel == "platform" and settings.method) or False,
            "email": target.email or False,
            "lang": settings.lang or False,
            "template_id": settings.template.id,
        }

    @api.model
    def _prepare_delivery(self, move, route):
        """A new delivery of a document, due at once."""
        return {
            "move_id": move.id,
            "company_id": move.company_id.id,
            "customer_id": move.commercial_partner_id.id,
            "run_id": move.billing_run_id.id,
            "next_try_at": self.env.cr.now(),
            **route,
        }

    @api.model
    def _get_plans(self, moves):
        """``{document id: plan of its subscription}``: the order's plan decides."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT ON (line.move_id) line.move_id, orders.billing_plan_id
                  FROM account_move_line line
                  JOIN billing_entry entry ON entry.move_line_id = line.id
                  JOIN sale_order orders ON orders.id = entry.order_id
                 WHERE line.move_id = ANY(%s) AND orders.billing_plan_id IS NOT NULL
                 ORDER BY line.move_id, entry.id
                """,
                moves.ids,
            )
        )
        plans = self.env["billing.plan"]
        return {move_id: plans.browse(plan_id) for move_id, plan_id in rows}

    @api.model
    def _get_addresses(self, settings):
        """(recipient, normalized address or False) of each message to send."""
        if settings.channel != "email":
            return [(settings.recipients[:1], False)]
        found = {}
        for partner in settings.recipients:
            for email in email_normalize_all(partner.email or ""):
                found.setdefault(email, partner)
        if not found:
            return [(settings.recipients[:1], False)]
        return [(partner, email) for email, partner in found.items()]

    @api.model
    def _get_opening(self, settings, now, last_days):
        """The first moment, in UTC, at which a message may leave.

        :param dict last_days: as :meth:`_get_last_common_days` tells them.
        """
        local = self._to_local(now)
        moment = local.replace(tzinfo=None)
        if settings.together:
            days = [last_days.get(partner) for partner in settings.recipients]
            last = max(filter(None, days), default=None)
            moment = common_mail_opening(moment + GATHER, last)
        opening = next_opening(moment, **settings.window)
        if opening == local.replace(tzinfo=None):
            return now
        return local.tzinfo.localize(opening).astimezone(UTC).replace(tzinfo=None)

    @api.model
    def _get_last_common_days(self, settings):
        """The days, by the company's clock, of the last common mails.

        :param settings: those of a batch of documents.
        :return: ``{recipient: day}``
        """
        partners = self.env["res.partner"].union(
            *(said.recipients for said in settings if said.together)
        )
        if not partners:
            return {}
        rows = self.env["billing.delivery"]._read_group(
            [
                ("company_id", "=", self.env.company.id),
                ("partner_id", "in", partners.ids),
                ("together", "=", True),
                ("sent_at", "!=", False),
            ],
            ["partner_id"],
            ["sent_at:max"],
        )
        return {partner: self._to_local(moment).date() for partner, moment in rows}

    @api.model
    def _put_deliveries(self, vals_list):
        """Create deliveries; one that is there already begins anew.

        What core's own button is sending at this moment is left to it.
        """
        deliveries = delivery_writer(self.env["billing.delivery"])
        moves = [vals["move_id"] for vals in vals_list]
        known = {
            (row.move_id.id, row.channel, row.email or False): row
            for row in deliveries.search([("move_id", "in", moves)])
        }
        free = deliveries.union(*known.values())._filter_free()
        fresh, each = [], {}
        for vals in vals_list:
            row = known.get((vals["move_id"], vals["channel"], vals["email"]))
            if not row:
                fresh.append(vals)
            elif row in free:
                each[row] = vals
        again = deliveries.browse(row.id for row in each)
        again._leave_mail()
        again._apply(
            "again",
            each=each,
            origin="job",
            mail_id=False,
            mail_message_id=False,
            message_ref=False,
        )
        return again | deliveries.create(fresh)

    @api.model
    def _settle_channels(self, rows):
        """What needs no message, or cannot get one, has its outcome at once."""
        # Core's own field tells which ways of sending are installed.
        installed = dict(
            self.env["res.partner"]
            ._fields["invoice_sending_method"]
            ._description_selection(self.env)
        )
        each = {}
        for row in rows:
            if row.channel == "email" and not row.email:
                each[row] = {"answer": self._get_no_address_text(row)}
            elif row.channel == "platform" and row.method not in installed:
                text = self.env._(
                    "%(customer)s: no platform is chosen as sending method. "
                    "Choose one on the customer, then send again.",
                    customer=row.customer_id.display_name,
                )
                each[row] = {"answer": text}
        stuck = rows.browse(row.id for row in each)
        stuck._apply("no_address", each=each, next_try_at=False)
        stuck.move_id._billing_ask_for_delivery()
        shown = rows.filtered(lambda row: row.channel == "portal")
        shown._apply("published", sent_at=self.env.cr.now(), next_try_at=False)
        shown.move_id._billing_close_delivery_activities()
