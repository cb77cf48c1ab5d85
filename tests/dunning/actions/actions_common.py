"""What the tests of reminders that leave share: a mail server, the jobs, a desk."""

from unittest.mock import patch

from odoo import SUPERUSER_ID, Command, api
from odoo.tests import new_test_user

from odoo.addons.recurring_billing.models.invoicing.delivery import billing_talking

from ...invoicing.delivery.delivery_common import DeliveryCommon, Killed
from ..dunning_common import DunningCommon

_GROUP = "recurring_billing.recurring_billing_group_"


class ActionsCommon(DunningCommon):
    """A company that reminds its customers over a mail server of the test."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        admin = cls.env(su=True)
        cls.officer, cls.manager = (
            new_test_user(
                admin,
                login=login,
                groups=_GROUP + login,
                email=f"{login}@example.com",
                company_id=cls.company.id,
                company_ids=[Command.set(cls.company.ids)],
                tz="Europe/Paris",
            )
            for login in ("officer", "manager")
        )
        cls.company.sudo().write(
            {"email": "us@example.com", "billing_answer_user_id": cls.officer.id}
        )
        cls.customer.sudo().write(
            {"email": "accounts@horizon.example", "is_company": True}
        )
        cls.policy = cls.env.ref("recurring_billing.billing_dunning_policy_standard")
        # Only the mails of these tests leave.
        admin["ir.mail_server"].search([]).active = False
        cls.mail_server = admin["ir.mail_server"].create(
            {"name": "Test", "smtp_host": "127.0.0.1", "smtp_encryption": "none"}
        )

    def setUp(self):
        super().setUp()
        self.server = self._start_server()
        # Odoo never connects in a test; here it does, to this machine only.
        servers = self.env.registry["ir.mail_server"]
        self.startPatcher(patch.object(servers, "_disable_send", lambda *_args: False))
        self.startPatcher(patch.object(billing_talking, "PATIENCE", 1))
        rendering = self.env.registry["billing.rendering"]
        self.startPatcher(
            patch.object(rendering, "_render", DeliveryCommon._fake_render)
        )

    _start_server = DeliveryCommon._start_server

    def _switch_on(self, day, **choices):
        """The manager switches reminders on; ``choices`` by customer's attribute."""
        with self._on(day):
            wizard = self._open_start()
            for line in wizard.line_ids:
                line.choice = choices.get("choice", "first")
            wizard.action_switch_on()

    def _open_start(self):
        return self.env["billing.dunning.start"].with_user(self.manager).create({})

    # === Jobs === #

    def _job(self, name):
        """One of the jobs, as the scheduler runs it."""
        with self._scheduler_mode():
            # The scheduler runs as the system.
            self.env.ref(f"recurring_billing.{name}").sudo().method_direct_trigger()
        self.env.invalidate_all()

    def _plan(self, day):
        with self._on(day):
            self._job("ir_cron_dunning")

    def _send(self, day):
        """Send what waits, as if its time had come."""
        self._let_time_pass()
        with self._on(day):
            self._job("ir_cron_send_reminders")

    def _day_of(self, day):
        """All that happens by itself on a day."""
        self._plan(day)
        self._send(day)

    def _let_time_pass(self):
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE billing_dunning_action SET next_try_at = '2026-01-01'"
            " WHERE next_try_at IS NOT NULL"
        )
        self.env.invalidate_all()

    def _killed_while_sending(self, day):
        """Run the sending job in a process that dies; what it committed stays."""
        self._let_time_pass()
        # Not assertRaises: it would take back what was committed.
        try:
            with (
                self._on(day),
                self._scheduler_mode(),
                self.env.registry.cursor() as cr,
            ):
                env = api.Environment(cr, SUPERUSER_ID, {})
                env["billing.dunning.sending"]._cron_send()
        except Killed:
            self.env.invalidate_all()
        else:
            self.fail("The process did not die.")

    def _kill_at(self, name, call):
        service = self.env.registry["billing.dunning.sending"]
        original, calls = getattr(service, name), [0]

        def dying(this, *args, **kwargs):
            calls[0] += 1
            if calls[0] == call:
                raise Killed
            return original(this, *args, **kwargs)

        return patch.object(service, name, dying)

    # === The desk === #

    def _actions(self, partner=None, **domain):
        """The officer's view of what was planned for a customer, the first first."""
        partner = partner or self.customer
        return (
            self.env["billing.dunning.action"]
            .with_user(self.officer)
            .search(
                [
                    ("partner_id", "=", partner.id),
                    *((name, "=", value) for name, value in domain.items()),
                ],
                order="id",
            )
        )

    def _case(self, partner=None):
        return (
            self.env["billing.dunning.case"]
            .with_user(self.officer)
            .search([("partner_id", "=", (partner or self.customer).id)])
        )

    def _states(self, partner=None):
        return self._actions(partner).mapped("state")
