import psycopg2

from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import PolicyCommon, plain


@tagged("post_install", "-at_install")
class TestDunningPolicyRules(PolicyCommon):
    """What a policy says of itself, what it refuses, who may change it."""

    # === Sentences === #

    def test_the_list_says_whom_a_policy_is_for(self):
        policy = self._create_policy(
            for_consumer=False,
            country_ids=self.env.ref("base.fr").ids,
            amount_from=100,
            payer_class="risky",
            plan_ids=self.plan_yearly.ids,
            lang="fr_FR",
            tag_ids=self.env.ref("recurring_billing.partner_category_key_account").ids,
        )
        self.assertEqual(
            plain(policy.applies_to),
            "Professionals, Public bodies · Key account · France · "
            f"{policy._get_choice_label('lang')} · payer: risky · "
            f"{self.plan_yearly.name} · from 100.00 € open",
        )

    def test_a_policy_without_condition_is_for_all(self):
        self.assertEqual(self.policies["small"].applies_to, "All customers")

    def test_the_list_says_on_which_days(self):
        policies = self.policies
        self.assertEqual(
            policies["standard"].levels_text, "−5 · +3 · +10 · +20 · +30 · +45"
        )
        policy = self._create_policy(levels=[{"delay": 4}, {"delay": 0}])
        self.assertEqual(policy.levels_text, "0 · +4")

    def test_a_copy_has_the_steps_and_says_that_it_is_one(self):
        copy = self.policies["standard"].with_user(self.manager).copy()
        self.assertEqual(copy.name, "Standard professional (copy)")
        self.assertEqual(len(copy.level_ids), 6)

    # === What is refused === #

    def test_two_steps_on_a_day_are_refused(self):
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(psycopg2.errors.UniqueViolation),
        ):
            self._create_policy(levels=[{"delay": 3}, {"delay": 3}])

    def test_numbers_that_make_no_sense_are_refused(self):
        for vals in (
            {"grace_days": -1},
            {"smallest_amount": -1},
            {"contacts_a_week": 0},
            {"contacts_a_week": 8},
        ):
            with (
                self.subTest(**vals),
                mute_logger("odoo.sql_db"),
                self.assertRaises(psycopg2.errors.CheckViolation),
                self.env.cr.savepoint(),
            ):
                self._create_policy(**vals)

    def test_a_policy_for_nobody_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "Own applies to nobody"):
            self._create_policy(
                for_professional=False, for_public=False, for_consumer=False
            )

    def test_a_step_without_words_is_refused(self):
        for channel, missing in (
            ("email", "nothing is written"),
            ("letter", "nothing is written"),
            ("registered", "nothing is written"),
            ("sms", "the SMS has no text"),
            ("call", "the call has no script"),
        ):
            with (
                self.subTest(channel),
                self.assertRaisesRegex(ValidationError, rf"Own, step \+3: {missing}"),
            ):
                self._create_policy(levels=[{"channel": channel, "template_id": False}])

    def test_a_hand_over_needs_no_words(self):
        policy = self._create_policy(
            levels=[{"channel": "handover", "template_id": False}]
        )
        self.assertTrue(policy.level_ids.formal)

    def test_a_script_that_nothing_fills_in_is_refused(self):
        level = {"channel": "call", "call_script": "Hello {friend}"}
        with self.assertRaisesRegex(
            ValidationError, r"nothing fills in \{friend\}. Use one of .*\{total\}"
        ):
            self._create_policy(levels=[level])

    def test_a_script_with_an_open_brace_is_refused(self):
        level = {"channel": "sms", "sms_text": "Owed: {total"}
        with self.assertRaisesRegex(ValidationError, "is not closed"):
            self._create_policy(levels=[level])

    def test_a_translated_script_is_looked_at_too(self):
        level = self._level("key_call").with_user(self.manager)
        with self.assertRaisesRegex(ValidationError, r"\{ami\}"):
            level.with_context(lang="fr_FR").call_script = "Bonjour {ami}"

    def test_a_template_in_use_cannot_be_deleted(self):
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(psycopg2.errors.ForeignKeyViolation),
        ):
            self._template("firm").sudo().unlink()

    def test_a_rest_day_is_entered_once(self):
        days = self.env["billing.rest.day"].with_user(self.manager)
        days.create({"name": "Closed", "date": "2026-08-03"})
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(psycopg2.errors.UniqueViolation),
        ):
            days.create({"name": "Shut", "date": "2026-08-03"})

    def test_a_customer_has_one_case(self):
        case = self._case(self.customer)
        self.assertEqual(case.display_name, "Horizon Santé")
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(psycopg2.errors.UniqueViolation),
        ):
            self._case(self.customer)

    # === Who may do what === #

    def test_a_manager_defines_policies_steps_and_rest_days(self):
        policy = self._create_policy(levels=[{}])
        policy.level_ids.delay = 9
        policy.level_ids.unlink()
        policy.unlink()
        self.assertFalse(policy.exists())

    def test_officer_and_user_read_alone(self):
        for user in (self.officer, self.user):
            policy = self.policies["standard"].with_user(user)
            self.assertTrue(policy.level_ids.mapped("name"))
            with self.subTest(user.login), self.assertRaises(AccessError):
                policy.grace_days = 9
            with self.subTest(user.login), self.assertRaises(AccessError):
                policy.level_ids[0].delay = 9
            with self.subTest(user.login), self.assertRaises(AccessError):
                policy.env["billing.rest.day"].create(
                    {"name": "Closed", "date": "2026-08-03"}
                )

    def test_nobody_makes_a_case_by_hand(self):
        for user in (self.user, self.officer, self.manager):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.env["billing.dunning.case"].with_user(user).create(
                    {"company_id": self.company.id, "partner_id": self.customer.id}
                )

    def test_a_stranger_sees_what_is_shared_alone(self):
        own = self._create_policy(company_id=self.company.id, levels=[{}])
        day = (
            self.env["billing.rest.day"]
            .with_user(self.manager)
            .create({"name": "Closed", "date": "2026-08-03"})
        )
        case = self._case(self.customer)
        stranger = self._create_stranger()
        self.assertTrue(self.policies["small"].with_user(stranger).name)
        for record in (own, own.level_ids, day, case):
            with self.subTest(record._name), self.assertRaises(AccessError):
                record.with_user(stranger).read(["company_id"])

    def test_a_branch_reads_the_policy_of_its_company(self):
        own = self._create_policy(company_id=self.company.id)
        branch = (
            self.env["res.company"]
            .sudo()
            .create({"name": "Branch", "parent_id": self.company.id})
        )
        self.officer.sudo().write(
            {"company_ids": [Command.link(branch.id)], "company_id": branch.id}
        )
        seen = self.env["billing.dunning.policy"].with_user(self.officer)
        self.assertIn(own, seen._get_policies(branch))
