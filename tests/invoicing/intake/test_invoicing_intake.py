import csv
import io

from odoo import Command
from odoo.tests import new_test_user, tagged
from odoo.tools import file_open

from ...common import BillingCommon

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
