"""Deliveries that a person sends again: by the settings of today, not of then."""

from odoo import api, models
from odoo.tools.mail import email_normalize_all

from ....engine.delivery_targets import Redirection, Standing, Target, redirect
from .billing_delivery import delivery_writer

#: Its mail was refused or is in doubt: it goes out under the same Message-Id.
_SAME_MAIL = ("unknown", "failed")
_NO_MAIL = {"mail_id": False, "mail_message_id": False, "message_ref": False}


class BillingSending(models.AbstractModel):
    _inherit = "billing.sending"

    @api.model
    def _send_again(self, rows, email=None, *, keep=False):
        """Put deliveries back into the queue, where today's settings send them.

        :param rows: ``billing.delivery`` that nobody is sending.
        :param str email: an address that a person chose instead.
        :param keep: whether it stands on the contact from now on, so that the next
            time the contact is asked.
        :return: those whose recipient is none any more.
        """
        replaced = rows.browse()
        for company, members in rows.grouped("company_id").items():
            # Who may send a document need not see the plan of its subscription.
            service = (
                self.sudo()
                .with_company(company)
                .with_context(allowed_company_ids=company.ids)
            )
            replaced |= service._send_company_again(
                members.with_env(service.env), email, keep=keep
            ).with_env(self.env)
        self._wake("prepare")
        self._wake("send")
        return replaced

    @api.model
    def _send_company_again(self, rows, email, *, keep):
        deliveries = self.env["billing.delivery"]
        moves = rows.move_id
        settings = self._read_settings(moves)
        known = deliveries.search([("move_id", "in", moves.ids)], order="id")
        routes, replaced, fresh = {}, deliveries, []
        for move, standing in known.grouped("move_id").items():
            said = settings[move]
            asked = standing & rows
            result = (
                self._redirect_to(standing, asked, email)
                if email
                else self._redirect(standing, asked, said)
            )
            for key, target in result.goes.items():
                row = deliveries.browse(key)
                routes[row] = self._prepare_route(said, target)
                if email:
                    routes[row]["choice"] = False if keep else "address"
            replaced |= deliveries.browse(result.replaced)
            fresh += [
                self._prepare_delivery(move, self._prepare_route(said, target))
                for target in result.added
            ]
        self._replace(replaced.filtered(lambda row: row.state != "replaced"))
        again = self._put_again(routes)
        self._settle_channels(again | delivery_writer(deliveries).create(fresh))
        return replaced

    @api.model
    def _redirect(self, standing, asked, settings):
        """Ask the engine where deliveries of one document go."""
        targets = [
            Target(settings.channel, partner.id or None, email or None)
            for partner, email in self._get_addresses(settings)
        ]
        return redirect(
            [
                Standing(
                    row.id,
                    self._as_target(row),
                    asked=row in asked,
                    choice=row.choice or None,
                    addresses=tuple(email_normalize_all(row.partner_id.email or "")),
                )
                for row in standing
            ],
            targets,
        )

    @api.model
    def _redirect_to(self, standing, asked, email):
        """One delivery of a document goes to an address; others would go there, too.

        First the one that has it, also from a time when somebody was a recipient.
        """
        same = standing.filtered(lambda row: row.email == email)
        first = same[:1] or asked[0]
        target = Target("email", first.partner_id.id or None, email)
        return Redirection({first.id: target}, frozenset((asked - first).ids), ())

    @api.model
    def _as_target(self, row):
        return Target(row.channel, row.partner_id.id or None, row.email or None)

    @api.model
    def _put_again(self, routes):
        """Let deliveries begin anew; what waits for the same anyway is hurried.

        :param dict routes: ``{delivery: vals}`` of where they go.
        """
        deliveries = self.env["billing.delivery"]
        rows = deliveries.browse(row.id for row in routes)
        same = rows.filtered(lambda row: row._is_headed_for(routes[row]))
        hurried = rows.filtered(
            lambda row: (
                (row.state, row.origin) == ("queued", "job") and row._is_as(routes[row])
            )
        )
        hurried._hurry()
        again = rows - hurried
        kept = (again & same).filtered(lambda row: row.state in _SAME_MAIL)
        shared = self._get_shared(kept)
        each = {}
        for row in again:
            own = {}
            if row not in kept:
                own = _NO_MAIL
            elif row not in shared and not row._is_as(routes[row]):
                # Written anew in other words, under the same Message-Id.
                own = {"mail_id": False, "mail_message_id": False}
            each[row] = {**routes[row], **own}
        (again - kept)._leave_mail()
        again._apply(
            "again",
            each=each,
            failures=0,
            origin="job",
            next_try_at=self.env.cr.now(),
            together=False,
        )
        return again

    @api.model
    def _get_shared(self, rows):
        """Those whose mail carries other documents, too."""
        counts = dict(
            self.env["billing.delivery"]._read_group(
                [("mail_id", "in", rows.mail_id.ids)], ["mail_id"], ["__count"]
            )
        )
        return rows.filtered(lambda row: counts.get(row.mail_id, 0) > 1)

    @api.model
    def _replace(self, rows):
        """Deliveries whose recipient is none any more go nowhere."""
        rows._leave_mail()
        rows._apply("replaced", next_try_at=False, **_NO_MAIL)
        rows.move_id._billing_close_delivery_activities()


class BillingDelivery(models.Model):
    _inherit = "billing.delivery"

    def _is_headed_for(self, route):
        """Whether a delivery goes to that place already."""
        place = (self.channel, self.email or False)
        return place == (route["channel"], route["email"])

    def _is_as(self, route):
        """Whether a delivery says and does already what a route wants."""
        return self._is_headed_for(route) and (
            self.method or False,
            self.lang or False,
            self.template_id.id,
        ) == (route["method"], route["lang"], route["template_id"])
