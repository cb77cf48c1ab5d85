"""Stories: to the formal notice and the file; promises, a returned debit, a dispute."""

from datetime import timedelta

from odoo.tests import tagged

from .actions_common import ActionsCommon


@tagged("post_install", "-at_install")
class TestDunningActionsStory(ActionsCommon):
    """Day by day, with an officer who approves what waits."""

    def _live(self, first, last):
        """Each day the jobs run, and the officer does what waits.

        :return: (day, step, channel) of each contact.
        """
        day, last = self._day(first), self._day(last)
        while day <= last:
            text = day.isoformat()
            self._plan(text)
            with self._on(text):
                for action in self._actions(state="to_approve"):
                    self._do(action)
            self._send(text)
            day += timedelta(days=1)
        return [
            (str(action.contact_on), action.level_id.delay, action.channel)
            for action in self._actions(state="done")
        ]

    def _do(self, action):
        if action.channel == "email":
            action.action_approve()
        elif action.channel == "registered":
            action.action_print()
        else:
            action.action_note_done()

    def test_from_the_courtesy_notice_to_the_file_in_sixty_days(self):
        self._switch_on("2026-09-01")
        self._bill("2026-09-14", 1000.0)
        made = self._live("2026-09-07", "2026-11-06")
        self.assertEqual(
            made,
            [
                ("2026-09-09", -5, "email"),
                ("2026-09-17", 3, "email"),
                ("2026-09-24", 10, "email"),
                ("2026-10-05", 20, "email"),
                ("2026-10-14", 30, "registered"),
                ("2026-10-29", 45, "handover"),
            ],
        )
        self.assertEqual(len(self.server.received), 4)
        self.assertEqual(self._case().reason_code, "ladder_done")
        dates = self._case()._billing_get_contact_dates()
        self.assertEqual(
            [str(day) for day in dates[:3]], ["2026-09-17", "2026-09-24", "2026-10-05"]
        )

    def test_a_promise_kept_ends_it_and_one_broken_goes_on_where_it_stood(self):
        self._switch_on("2026-11-02")
        self._bill("2026-11-02", 1000.0)
        move = self._bill("2026-11-02", 300.0, partner=self._other())
        self.assertEqual(len(self._live("2026-11-05", "2026-11-05")), 1)
        for partner, amount in ((self.customer, 1000.0), (self._other(), 300.0)):
            self._promise(partner, amount, "2026-11-20")
        self.assertEqual(len(self._live("2026-11-06", "2026-11-20")), 1, "silence")
        self._pay(move, "2026-11-20")
        made = self._live("2026-11-21", "2026-11-26")
        self.assertEqual(
            [step for _day, step, _channel in made], [3, 10], "no step is left out"
        )
        self.assertGreater(made[-1][0], "2026-11-23")
        self.assertEqual(self._states(self._other()), ["done"])
        promises = self.env["billing.dunning.promise"].search([])
        self.assertEqual(set(promises.mapped("state")), {"kept", "broken"})

    def test_a_payment_that_comes_back_goes_on_at_the_next_step(self):
        self._switch_on("2026-11-02")
        move = self._bill("2026-11-02", 1000.0)
        self._live("2026-11-05", "2026-11-06")
        payment = self._pay(move, "2026-11-09")
        self._live("2026-11-09", "2026-11-16")
        self.assertEqual(self._case().state, "closed")
        payment.move_id._reverse_moves([{"date": "2026-11-17"}], cancel=True)
        made = self._live("2026-11-17", "2026-11-18")
        self.assertEqual(
            made, [("2026-11-05", 3, "email"), ("2026-11-17", 10, "email")]
        )

    def test_a_dispute_keeps_silence_until_a_credit_note_ends_it(self):
        self._switch_on("2026-11-02")
        move = self._bill("2026-11-02", 1000.0)
        self._live("2026-11-05", "2026-11-06")
        with self._on("2026-11-06"):
            dispute = (
                self.env["billing.dunning.dispute"]
                .with_user(self.officer)
                .create({"move_id": move.id, "category": "amount", "amount": 1000.0})
            )
        self.assertEqual(len(self._live("2026-11-09", "2026-11-20")), 1, "silence")
        self._credit(move, "2026-11-20", 1000.0)
        self._live("2026-11-23", "2026-11-30")
        self.assertNotEqual(dispute.state, "open")
        self.assertEqual(len(self._actions(state="done")), 1)
        self.assertEqual(self._case().state, "closed")

    def _other(self):
        if not hasattr(self, "_second"):
            self._second = self._create_customer(
                "Alpina", email="pay@alpina.example", is_company=True
            )
        return self._second

    def _promise(self, partner, amount, until):
        with self._on("2026-11-05"):
            self.env["billing.dunning.promise"].with_user(self.officer).create(
                {"partner_id": partner.id, "amount": amount, "until": until}
            )
