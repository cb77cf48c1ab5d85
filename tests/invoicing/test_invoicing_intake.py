import csv
import io

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import file_open

from ..common import BillingCommon

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HEADER = [
    "Contract",
    "Customer",
    "Plan",
    "Start",
    "End",
    "Already billed until",
    "Product",
    "Description",
    "Quantity",
    "Unit price",
    "Discount (%)",
    "Currency or pricelist",
    "Customer reference",
    "Salesperson",
    "Next invoice expected",
]


class IntakeCommon(BillingCommon):
    """A manager who imports files as Odoo's import screen does."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = new_test_user(
            cls.env(su=True),
            login="manager",
            groups="recurring_billing.recurring_billing_group_manager",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
            tz="Europe/Paris",
        )
        cls.env = cls.env(user=cls.manager)
        cls.Intake = cls.env["billing.intake"]

    def _row(self, contract, **cells):
        """A row of a file: Support for 100.00 a month, billed until the end of
        November 2026, unless told otherwise."""
        usual = {
            "Contract": contract,
            "Customer": "Horizon Santé",
            "Plan": "Monthly on the 1st",
            "Start": "2025-03-01",
            "Already billed until": "2026-11-30",
            "Product": "Support",
            "Unit price": "100.00",
        }
        return {**usual, **cells}

    def _import_bytes(self, content, mimetype="text/csv", dryrun=False, **options):
        """What the import screen does: read the head, take its mapping, execute."""
        wizard = self.env["base_import.import"].create(
            {
                "res_model": "billing.intake",
                "file": content,
                "file_type": mimetype,
                "file_name": "contracts",
            }
        )
        options = {
            "has_headers": True,
            "quoting": '"',
            "separator": "",
            "encoding": "",
            "sheet": "",
            "limit": 2000,
            **options,
        }
        preview = wizard.parse_preview(options)
        self.assertNotIn("error", preview)
        columns = [str(head) for head in preview["headers"]]
        fields = [
            "/".join(preview["matches"].get(index, [])) or False
            for index in range(len(columns))
        ]
        done = wizard.execute_import(
            fields, [c.lower() for c in columns], preview["options"], dryrun=dryrun
        )
        self.assertFalse(done["messages"])
        return fields, self.Intake.browse(done["ids"])

    def _import(self, *rows, day="2026-11-24", **options):
        """Import rows, given by column; return the staged contracts."""
        text = io.StringIO()
        writer = csv.DictWriter(text, HEADER)
        writer.writeheader()
        writer.writerows(rows)
        with self._on(day):
            return self._import_bytes(text.getvalue().encode("utf-8-sig"), **options)[1]

    def _take_over(self, intakes, day="2026-11-24"):
        with self._on(day):
            action = intakes.action_take_over()
            self.env["billing.intake.apply"].browse(action["res_id"]).action_apply()
        return intakes.order_id


@tagged("post_install", "-at_install")
class TestInvoicingIntakeImport(IntakeCommon):
    """Files of running contracts: good rows are kept, bad ones come back."""

    def test_all_columns_of_the_templates_find_their_field(self):
        for template in self.Intake.get_import_templates():
            path = template["template"].lstrip("/")
            with self.subTest(path), file_open(path, "rb") as file:
                mimetype = "text/csv" if path.endswith("csv") else XLSX
                with self._on("2026-11-24"):
                    fields, staged = self._import_bytes(file.read(), mimetype)
            self.assertEqual(
                fields,
                [name for name in self.Intake._fields if name.startswith("column_")],
            )
            self.assertEqual(staged.mapped("reference"), ["CT-001", "CT-002"])
            self.assertEqual(len(staged.line_ids), 3)
            # The customers of the template do not exist here.
            self.assertEqual(set(staged.mapped("state")), {"refused"})

    def test_the_french_template_is_read_in_french(self):
        self._speak_french(self.manager)
        intakes = self.Intake.with_context(lang="fr_FR")
        templates = [row["template"] for row in intakes.get_import_templates()]
        self.assertEqual(
            templates,
            [
                "/recurring_billing/static/xls/reprise_abonnements.xlsx",
                "/recurring_billing/static/xls/reprise_abonnements.csv",
            ],
        )
        self.env = intakes.env
        for path in templates:
            with self.subTest(path), file_open(path.lstrip("/"), "rb") as file:
                mimetype = "text/csv" if path.endswith("csv") else XLSX
                with self._on("2026-11-24"):
                    fields, staged = self._import_bytes(file.read(), mimetype)
                self.assertEqual(
                    fields,
                    [name for name in intakes._fields if name.startswith("column_")],
                )
                self.assertEqual(str(staged[0].start_date), "2025-03-01")
                self.assertEqual(staged[0].line_ids.mapped("price_unit"), [420, 35])

    def test_a_template_with_known_customers_is_ready(self):
        self.env.ref("base.EUR").sudo().active = True
        self._create_customer("Brasserie du Port")
        self._create_customer("Garage Aubry", email="contact@garage-aubry.example")
        with (
            file_open(
                "recurring_billing/static/xls/running_contracts.xlsx", "rb"
            ) as file,
            self._on("2026-11-24"),
        ):
            staged = self._import_bytes(file.read(), XLSX)[1]
        # The company's own currency is another one here.
        self.assertEqual(staged.currency_id.name, "EUR")
        self.assertEqual(
            [
                (i.state, str(i.next_date), i.next_amount, i.is_different)
                for i in staged
            ],
            [
                ("ready", "2026-12-01", 514.5, False),
                ("ready", "2027-01-01", 900.0, False),
            ],
        )

    def test_a_tried_import_leaves_nothing(self):
        staged = self._import(self._row("A"), dryrun=True)
        self.assertFalse(staged.exists())

    def test_good_rows_are_kept_and_bad_ones_say_why(self):
        staged = self._import(
            self._row("A"),
            self._row("B", **{"Already billed until": "2026-02-31"}),
            self._row("C", Customer="Nobody", Quantity="many"),
        )
        self.assertEqual(staged.mapped("state"), ["ready", "refused", "refused"])
        self.assertEqual(
            staged[1].message,
            "Row 3: 'Already billed until' 2026-02-31 does not exist. Write a date "
            "such as 12/31/2026.",
        )
        self.assertEqual(
            staged[2].message.split("\n"),
            [
                (
                    "Row 4: no record answers to 'Nobody' in 'Customer'. Correct it, "
                    "or create the record first."
                ),
                "Row 4: 'Quantity' many is no number. Write it such as 1234.50.",
            ],
        )

    def test_refused_rows_come_back_with_their_reason(self):
        self._import(self._row("A"), self._row("B", Product="Unknown"))
        header, rows = self.Intake._get_refused_table()
        self.assertEqual(header, [*HEADER, "Reason"])
        self.assertEqual(rows[0][0], "B")
        self.assertEqual(rows[0][6], "Unknown")
        self.assertIn("no record answers to 'Unknown'", rows[0][-1])
        self.assertEqual(len(rows), 1)

    def test_a_corrected_file_replaces_what_was_refused(self):
        self._import(self._row("A"), self._row("B", Product="Unknown"))
        staged = self._import(self._row("B"))
        self.assertEqual(staged.state, "ready")
        self.assertEqual(
            self.Intake.search([], order="reference").mapped("reference"), ["A", "B"]
        )

    def test_rows_of_one_number_are_lines_of_one_contract(self):
        staged = self._import(
            self._row("A"),
            self._row(
                "A", Product="Licence", Quantity="3", **{"Unit price": "1,050.50"}
            ),
            {"Product": "Licence", "Unit price": "20", "Discount (%)": "10"},
        )
        self.assertEqual(len(staged), 1)
        self.assertEqual(
            [(ln.quantity, ln.price_unit, ln.discount) for ln in staged.line_ids],
            [(1, 100, 0), (3, 1050.5, 0), (1, 20, 10)],
        )
        self.assertEqual(staged.next_amount, 100 + 3151.5 + 18)

    def test_rows_of_one_contract_agree_on_its_customer(self):
        self._create_customer("Cabinet Morel")
        staged = self._import(self._row("A"), self._row("A", Customer="Cabinet Morel"))
        self.assertEqual(
            staged.message,
            "Row 3: 'Customer' is not that of row 2 of the same contract. Make them "
            "equal, or give the row a number of its own.",
        )

    def test_customers_are_known_by_reference_vat_email_or_name(self):
        customer = self._create_customer(
            "Cabinet Morel",
            ref="C-17",
            vat="FR23334175221",
            email="compta@morel.example",
        )
        for text in (
            "C-17",
            "FR23 334175221",
            "Compta@Morel.example",
            "Cabinet Morel",
        ):
            with self.subTest(text):
                self.assertEqual(
                    self._import(self._row("A", Customer=text)).partner_id, customer
                )

    def test_a_name_that_two_customers_bear_is_refused(self):
        self._create_customer("Horizon Santé")
        staged = self._import(self._row("A"))
        self.assertEqual(
            staged.message,
            "Row 2: 2 records answer to 'Horizon Santé' in 'Customer'. Write a "
            "reference that only one has.",
        )

    def test_a_past_that_nobody_explains_is_refused(self):
        staged = self._import(self._row("A", **{"Already billed until": ""}))
        self.assertIn("Fill in 'already billed until'", staged.message)

    def test_more_periods_than_one_run_bills_are_refused(self):
        staged = self._import(self._row("A", **{"Already billed until": "2025-06-30"}))
        self.assertIn("17 periods", staged.message)

    def test_a_contract_that_is_over_is_refused(self):
        staged = self._import(self._row("A", End="2026-11-30"))
        self.assertIn("nothing is left to invoice", staged.message)

    def test_goods_are_refused(self):
        self._create_service("Cable", 5, recurring=False, type="consu")
        staged = self._import(self._row("A", Product="Cable"))
        self.assertIn("goods are delivered once", staged.message)

    def test_what_a_person_mends_by_hand_becomes_ready(self):
        staged = self._import(self._row("A", Customer="Nobody", Product="Unknown"))
        with self._on("2026-11-24"):
            staged.partner_id = self.customer
            staged.action_check()
            self.assertEqual(staged.state, "refused")
            staged.line_ids.product_id = self.support
            staged.action_check()
        self.assertEqual(staged.state, "ready")

    def test_the_headline_tells_ready_refused_and_the_first_invoice(self):
        self._import(
            self._row("A"),
            self._row("B", **{"Already billed until": "2026-12-31"}),
            self._row("C", Customer="Nobody"),
            self._row("D", **{"Unit price": "50"}),
        )
        with self._on("2026-11-24"):
            self.assertEqual(
                self.Intake.get_billing_headline([]),
                "3 contracts ready, 1 refused; the first invoice will be on "
                "12/01/2026: 2 contracts, $\xa0150.00 excl. tax.",
            )

    def test_as_many_queries_for_many_contracts_as_for_few(self):
        counts = []
        for size in (4, 40):
            rows = [self._row(f"{size}-{number}") for number in range(size)]
            self._import(rows[0])
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._import(*rows)
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLess(counts[1], counts[0] + 40, counts)


@tagged("post_install", "-at_install")
class TestInvoicingIntakeTakeOver(IntakeCommon):
    """Contracts that are ready become subscriptions that go on."""

    def test_a_contract_goes_on_where_the_other_system_stopped(self):
        order = self._take_over(
            self._import(self._row("A", **{"Customer reference": "PO 7"}))
        )
        self.assertEqual(order.state, "sale")
        self.assertEqual(order.client_order_ref, "PO 7")
        self.assertEqual(str(order.billing_next_date), "2026-12-01")
        self.assertFalse(self._run_on("2026-11-30"))
        self._run_on("2026-12-01")
        self.assertEqual(
            self._bills(order),
            [
                ("", "2025-03-01", "2026-11-30", 0),
                ("2026-12-01", "2026-12-01", "2026-12-31", 100),
            ],
        )

    def test_the_first_invoice_is_the_one_that_was_announced(self):
        staged = self._import(
            self._row(
                "A",
                Plan="Quarterly",
                Start="2026-01-15",
                **{"Already billed until": "2027-01-14"},
            ),
            self._row(
                "B", Plan="Monthly in arrears", **{"Already billed until": "2026-10-31"}
            ),
            self._row("C", Start="2026-12-10", **{"Already billed until": ""}),
            self._row("D", End="2026-12-15", Quantity="2.5"),
        )
        self._take_over(staged)
        for intake in staged:
            self.assertEqual(intake.order_id.billing_next_date, intake.next_date)
        for intake in staged.sorted("next_date"):
            with self.subTest(intake.reference):
                day = max(str(intake.next_date), "2026-11-24")
                self._run_on(day)
                self.assertEqual(
                    self._bills(intake.order_id)[-1],
                    (
                        day,
                        str(intake.next_start),
                        str(intake.next_end),
                        intake.next_amount,
                    ),
                )

    def test_lines_may_have_been_billed_until_different_days(self):
        order = self._take_over(
            self._import(
                self._row("A"),
                self._row(
                    "A",
                    Product="Licence",
                    Plan="Monthly in advance",
                    Start="2026-06-10",
                    **{"Already billed until": "2026-12-09"},
                ),
            )
        )
        self._run_on("2026-12-01")
        self._run_on("2026-12-10")
        self.assertEqual(
            self._bills(order)[2:],
            [
                ("2026-12-01", "2026-12-01", "2026-12-31", 100),
                ("2026-12-10", "2026-12-10", "2027-01-09", 100),
            ],
        )

    def test_a_difference_is_read_before_it_is_taken_over(self):
        staged = self._import(self._row("A", **{"Next invoice expected": "2026-12-15"}))
        self.assertEqual(
            staged.message,
            "The old system would invoice on 12/15/2026, this one on 12/01/2026.",
        )
        with self.assertRaisesRegex(UserError, "Read what differs"):
            self._take_over(staged)
        staged.is_read = True
        self.assertTrue(self._take_over(staged))

    def test_the_dialog_ticks_what_was_read(self):
        staged = self._import(self._row("A", **{"Next invoice expected": "2026-12-15"}))
        with self._on("2026-11-24"):
            action = staged.action_take_over()
            dialog = self.env["billing.intake.apply"].browse(action["res_id"])
            dialog.write({"different_ids": [Command.update(staged.id, {"is_read": 1})]})
            dialog.action_apply()
        self.assertEqual(staged.state, "taken_over")

    def test_a_contract_is_taken_over_once(self):
        self._take_over(self._import(self._row("A")))
        again = self._import(self._row("A"))
        self.assertEqual(again.state, "refused")
        self.assertIn("was taken over already", again.message)

    def test_what_was_taken_over_is_kept(self):
        staged = self._import(self._row("A"))
        self._take_over(staged)
        with self.assertRaisesRegex(UserError, "Keep it here"):
            staged.unlink()

    def test_products_become_recurring(self):
        product = self._create_service("Hosting", 10, recurring=False)
        self._take_over_as_product_manager(
            self._import(self._row("A", Product="Hosting"))
        )
        self.assertTrue(product.billing_recurring)

    def _take_over_as_product_manager(self, staged):
        self.manager.sudo().group_ids += self.env.ref("product.group_product_manager")
        with self._on("2026-11-24"):
            staged.action_check()
        return self._take_over(staged)

    def test_a_product_that_the_manager_may_not_mark_is_refused(self):
        self._create_service("Hosting", 10, recurring=False)
        staged = self._import(self._row("A", Product="Hosting"))
        self.assertIn("Have Recurring ticked", staged.message)

    def test_one_that_fails_does_not_keep_the_others(self):
        staged = self._import(self._row("A"), self._row("B"), self._row("C"))
        # Archived between the check and the act.
        staged[1].line_ids.product_id = self._create_service("Old", 5, active=False)
        self._take_over(staged)
        self.assertEqual(
            staged.mapped("state"), ["taken_over", "refused", "taken_over"]
        )
        self.assertIn("the product is archived", staged[1].message)

    def test_many_are_taken_over_in_the_background(self):
        staged = self._import(*(self._row(f"N{number}") for number in range(60)))
        self._take_over(staged)
        self.assertEqual(set(staged.mapped("state")), {"queued"})
        with self._on("2026-11-24"), self.enter_registry_test_mode():
            self.assertEqual(
                self.Intake.get_billing_headline([]),
                "60 waiting to be taken over, 0 done.",
            )
            cron = self.env.ref("recurring_billing.ir_cron_take_over")
            cron.sudo().method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(set(staged.mapped("state")), {"taken_over"})
        self.assertEqual(len(staged.order_id), 60)
        self.assertEqual(staged.order_id.create_uid, self.manager)

    def test_a_foreign_currency_is_that_of_the_subscription(self):
        currency = (
            self.env["res.currency"]
            .sudo()
            .search([("name", "=", "CHF"), ("active", "in", (True, False))])
        )
        currency.active = True
        staged = self._import(
            self._row("A", **{"Currency or pricelist": "CHF"}),
            self._row("B", **{"Currency or pricelist": "XXX"}),
        )
        self.assertEqual(staged.mapped("state"), ["ready", "refused"])
        self.assertEqual(self._take_over(staged[0]).currency_id, currency)

    def test_amounts_with_tax_in_the_price_are_announced_before_tax(self):
        tax = self.tax.sudo().copy(
            {"name": "Gross", "price_include_override": "tax_included"}
        )
        self._create_service("Gross", 115, taxes_id=[Command.set(tax.ids)])
        self.customer.sudo().country_id = self.company.country_id
        staged = self._import(self._row("A", Product="Gross", **{"Unit price": "115"}))
        order = self._take_over(staged)
        self._run_on("2026-12-01")
        self.assertEqual(staged.next_amount, self._invoices(order).amount_untaxed)
        self.assertEqual(staged.next_amount, 100)


@tagged("post_install", "-at_install")
class TestInvoicingIntakeAccess(IntakeCommon):
    """Managers take contracts over; nobody sees those of another company."""

    def test_a_clerk_takes_nothing_over(self):
        staged = self._import(self._row("A"))
        for model in ("billing.intake", "billing.intake.line", "billing.intake.apply"):
            with self.subTest(model), self.assertRaises(AccessError):
                self.env[model].with_user(self.user).create({})
        with self.assertRaises(AccessError):
            staged.with_user(self.user).read(["reference"])
        with self.assertRaises(AccessError):
            self.Intake.with_user(self.user).load(["column_contract"], [["A"]])

    def test_another_company_sees_nothing(self):
        staged = self._import(self._row("A"))
        stranger = self._create_stranger()
        foreign = self.Intake.with_user(stranger)
        self.assertFalse(foreign.search([]))
        self.assertFalse(foreign._get_refused_table()[1])
        with self.assertRaises(AccessError):
            foreign.browse(staged.ids).read(["reference"])

    def test_customers_of_another_company_are_not_found(self):
        stranger = self._create_stranger()
        self._create_customer("Elsewhere Ltd", company_id=stranger.company_id.id)
        staged = self._import(self._row("A", Customer="Elsewhere Ltd"))
        self.assertEqual(staged.state, "refused")
