import json
import random
from datetime import date, timedelta
from decimal import Decimal
from unittest.mock import patch

from psycopg2.extras import Json, execute_values

from odoo.tests import tagged

from ....engine.canonical import digest
from ....engine.charging import due_charges
from ....engine.periods import Period
from ....engine.recurrence import RecurrenceRule
from ....engine.terms import LineTerms, LineVersion, Pause
from .test_invoicing_explain import ExplainCase

MODULE = "odoo.addons.recurring_billing.models.invoicing.replay.billing_replay"
#: As many entries as the proof of the product asks for.
GENERATED = 10_000


class ReplayCase(ExplainCase):
    def _verdicts(self, entries):
        return self.env["billing.replay"]._replay(entries.ids)

    def _check_identical(self, entries):
        found = {
            (entry.kind, verdict.reason)
            for entry, verdict in zip(
                entries, self._verdicts(entries).values(), strict=True
            )
            if not verdict.identical
        }
        self.assertFalse(found)

    def _flip(self, entry, path, value):
        """One stored fact changed behind the back of the product."""
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE billing_entry SET facts = jsonb_set(facts, %s, %s) WHERE id = %s",
            [f"{{{path}}}", json.dumps(value), entry.id],
        )
        self.env.invalidate_all()

    def _all_kinds(self):
        """Entries of every kind, in every way that users can make them."""
        orders = self.env["sale.order"]
        draft = self._plan(posting="draft")
        # Cut, full, free and merged first periods; days counted in four ways.
        for values in (
            {},
            {"first_period": "full"},
            {"first_period": "free"},
            {"first_period": "merged"},
            {"proration_basis": "30_360"},
            {"proration_basis": "actual_30"},
            {"proration_basis": "none"},
        ):
            lines = [(self.support, 3, 33.33, {"discount": 10.0})]
            orders |= self._subscribe_apart(
                "2026-01-12", plan=self._plan(**values), lines=lines
            )
        orders |= self._subscribe_apart("2026-01-12", plan=self.plan_arrears)
        opened = self._subscribe_apart(
            "2026-01-12",
            billing_opening="already_billed",
            billing_opened_until="2026-02-10",
        )
        edited, given, voided = (
            self._subscribe_apart(
                "2026-02-01",
                plan=draft,
                lines=[(self.support, 1, 100.0), (self.licence, 2, 50.0)],
            )
            for _number in range(3)
        )
        credited, waived, replaced = (
            self._subscribe_apart("2026-02-01", lines=[(self.support, 2, 55.55)])
            for _number in range(3)
        )
        self._run_on("2026-02-01")
        with self._on("2026-02-03"):
            line = edited.order_line.invoice_lines[:1]
            line.price_unit = 80.0
            line = given.order_line.invoice_lines[-1:]
            self._drop(line.move_id, line.product_id)
            voided.order_line.invoice_lines.move_id.button_cancel()
        self._credit(credited, "again", on="2026-02-04", price=20.0)
        self._credit(waived, "given_up", on="2026-02-05")
        self._replace(replaced, on="2026-02-06")
        changed = orders[0]
        self._change(changed, "2026-02-20", "2026-02-14", quantity=5)
        with self._on("2026-02-20"):
            orders[1]._billing_pause(self._day("2026-02-11"), self._day("2026-02-20"))
            orders[4]._billing_close(self._day("2026-02-12"), self.reason)
        self._run_on("2026-02-20")
        self._run_on("2026-03-01")
        orders |= opened | edited | given | voided | credited | waived | replaced
        return self.env["billing.entry"].search([("order_id", "in", orders.ids)])

    def _subscribe_apart(self, start, **vals):
        """A subscription whose invoices are shared with no other one."""
        customer = self._create_customer("Someone")
        return self._subscribe(start, partner_id=customer.id, **vals)

    def _replace(self, order, on):
        """The invoice is credited and written anew as a draft."""
        invoice = self._invoices(order)[-1]
        with self._on(on):
            self.env["account.move.reversal"].with_context(
                active_model="account.move", active_ids=invoice.ids
            ).create(
                {
                    "journal_id": invoice.journal_id.id,
                    "date": on,
                    "billing_rebill": "again",
                }
            ).modify_moves()

    def _generate(self, count, seed=4):
        """Entries of random terms, computed by the engine, written with plain SQL.

        :return: ids of the new entries.
        """
        order = self._subscribe("2026-01-01")
        line, chance = order.order_line, random.Random(seed)
        rows = []
        while len(rows) < count:
            rows += [
                self._prepare_generated(line, charge) for charge in _history(chance)
            ]
        self.env.flush_all()
        return [
            entry_id
            for (entry_id,) in execute_values(
                self.env.cr._obj,
                """
                INSERT INTO billing_entry (company_id, currency_id, order_id,
                    sale_line_id, partner_id, kind, state, period_start, period_end,
                    settled_amount, charged_amount, facts, facts_digest) VALUES %s
                RETURNING id
                """,
                rows[:count],
                page_size=1000,
                fetch=True,
            )
        ]

    def _prepare_generated(self, line, charge):
        order = line.order_id
        return (
            order.company_id.id,
            order.currency_id.id,
            order.id,
            line.id,
            order.partner_id.id,
            charge.kind,
            # Void entries are replayed like others, and take no days from each other.
            "void",
            charge.period.start,
            charge.period.last,
            charge.settled,
            charge.charged,
            Json(charge.facts),
            digest(charge.facts),
        )


def _history(chance):
    """The charges of a line over a year or so, with changes between the runs."""
    start = date(2024, 1, 1) + timedelta(days=chance.randrange(400))
    unit, interval = chance.choice(
        [("month", 1), ("month", 3), ("year", 1), ("week", 2), ("day", 45)]
    )
    price = Decimal(chance.randrange(1, 90_000)) / 100
    first = LineVersion(
        start,
        Decimal(chance.choice(["1", "3", "2.5", "25"])),
        price,
        Decimal(chance.choice(["0", "0", "10", "33.33"])),
    )
    later = start + timedelta(days=chance.randrange(20, 200))
    change = LineVersion(later, Decimal(7), price / 2, Decimal(0), 1)
    pause = start + timedelta(days=chance.randrange(20, 200))
    terms = LineTerms(
        line=1,
        rule=RecurrenceRule(unit, interval, start),
        start=start,
        end=start + timedelta(days=chance.randrange(200, 500)),
        basis=chance.choice(["actual", "30_360", "actual_30", "none"]),
        first_period=chance.choice(["prorate", "full", "free"]),
        step=Decimal(chance.choice(["0.01", "0.01", "1", "0.05"])),
        versions=(first,),
        catch_up_limit=1000,
    )
    billed, charges = [], []
    for day, values in (
        (start, {}),
        (start + timedelta(days=100), {"versions": (first, change)}),
        (
            start + timedelta(days=250),
            {"pauses": (Pause(pause, pause + timedelta(days=9)),)},
        ),
        (start + timedelta(days=600), {}),
    ):
        terms = LineTerms(
            **{
                **{name: getattr(terms, name) for name in LineTerms.__slots__},
                **values,
            }
        )
        found = due_charges(terms, billed, day)
        billed += [charge.entry for charge in found]
        charges += found
    return charges


@tagged("post_install", "-at_install")
class TestInvoicingReplay(ReplayCase):
    """Every amount comes out again from its facts; what was touched is named."""

    # === Identical === #

    def test_entries_of_all_kinds_come_out_again(self):
        entries = self._all_kinds()
        self.assertEqual(
            set(entries.mapped("kind")), {"charge", "adjustment", "waiver", "opening"}
        )
        self.assertEqual(set(entries.mapped("state")), {"draft", "posted", "void"})
        self.assertTrue(entries.filtered("concession_amount"))
        sources = {(entry.facts["source"], entry.kind) for entry in entries}
        self.assertLessEqual(
            {
                ("promise", "adjustment"),
                ("document", "adjustment"),
                ("document", "waiver"),
                ("opening", "opening"),
            },
            sources,
        )
        self._check_identical(entries)

    def test_entries_come_out_again_without_plans_versions_and_prices(self):
        entries = self._all_kinds()
        self.env.flush_all()
        for query in (
            "DELETE FROM billing_line_version",
            "DELETE FROM billing_pause",
            "UPDATE billing_entry SET plan_id = NULL",
            "UPDATE sale_order SET billing_plan_id = NULL",
            """UPDATE sale_order_line SET billing_plan_id = NULL, price_unit = 0,
                      product_uom_qty = 0, discount = 0, billing_basis = NULL,
                      billing_unit = NULL""",
            "UPDATE product_template SET list_price = 0",
            "UPDATE billing_plan SET unit = 'week', proration_basis = 'none'",
        ):
            self.env.cr.execute(query)
        self.env.invalidate_all()
        self._check_identical(entries)

    def test_ten_thousand_generated_entries_come_out_again(self):
        ids = self._generate(GENERATED)
        self.assertEqual(len(ids), GENERATED)
        verdicts = self.env["billing.replay"]._replay(ids)
        self.assertEqual(len(verdicts), GENERATED)
        self.assertEqual({v.reason for v in verdicts.values()}, {"identical"})

    def test_number_of_queries_does_not_grow_with_the_entries(self):
        few, many = self._generate(4), self._generate(40, seed=5)
        self.env.flush_all()
        counts = []
        for ids in (few, many):
            before = self.env.cr.sql_log_count
            self.env["billing.replay"]._replay(ids)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts, [1, 1])

    # === Touched === #

    def test_flipped_fact_names_exactly_its_entry(self):
        ids = self._generate(300)
        entries = self.env["billing.entry"].browse(ids)
        chosen = entries.filtered(
            lambda entry: entry.kind == "charge" and entry.charged_amount
        )[7]
        version = "parts,0,versions,0"
        for path, value in (
            (f"{version},quantity", "24"),
            (f"{version},price", "1.00"),
            (f"{version},discount", "99"),
            ("lead_days", 3),
            ("scheduled", "2031-01-01"),
            ("settled_before", "5.00"),
            ("rule,interval", 9),
        ):
            with self.subTest(path), self.env.cr.savepoint() as undo:
                self._flip(chosen, path, value)
                verdicts = self._verdicts(entries)
                found = [i for i, verdict in verdicts.items() if not verdict.identical]
                self.assertEqual(found, chosen.ids)
                moved = verdicts[chosen.id].moved
                self.assertEqual(",".join(map(str, moved.path)), path)
                self.assertEqual(moved.found, value)
                self.assertTrue(moved.proved)
                undo.rollback()
            self.env.invalidate_all()

    def test_flipped_quantity_is_told_in_words(self):
        _order, entry = self._billed("2026-12-01", lines=[(self.support, 25, 38.0)])
        self._flip(entry, "parts,0,versions,0,quantity", "24")
        (answer,) = entry.replay()
        self.assertFalse(answer["identical"])
        self.assertEqual(
            self._plain(answer["text"]),
            "Recomputed $ 912.00, stored $ 950.00: quantity 24 instead of 25.",
        )

    def test_flipped_quantity_is_told_in_french(self):
        self._speak_french(self.user)
        _order, entry = self._billed("2026-12-01", lines=[(self.support, 25, 38.0)])
        self._flip(entry, "parts,0,versions,0,quantity", "24")
        (answer,) = entry.with_context(lang="fr_FR").replay()
        self.assertEqual(
            self._plain(answer["text"]),
            "Recalculé $ 912,00, enregistré $ 950,00 : quantité 24 au lieu de 25.",
        )

    def test_flipped_fact_without_effect_is_told_in_words(self):
        _order, entry = self._billed("2026-12-01")
        for path, value, told in (
            ("lead_days", 3, "days of lead 3 instead of 0"),
            ("timing", "in_arrears", "timing In arrears instead of In advance"),
            ("scheduled", "2026-12-05", "due date 12/05/2026 instead of 12/01/2026"),
        ):
            with self.subTest(path), self.env.cr.savepoint() as undo:
                self._flip(entry, path, value)
                (answer,) = entry.replay()
                self.assertIn(f"as stored: {told}.", answer["text"])
                undo.rollback()
            self.env.invalidate_all()

    def test_fact_of_a_credit_note_is_named(self):
        order, _entry = self._billed("2026-03-01", lines=[(self.support, 2, 50.0)])
        self._credit(order, "again", price=20.0)
        entry = self._entries(order)[-1]
        self._flip(entry, "document,price", "21.0")
        (answer,) = entry.replay()
        self.assertIn("price $ 21.00 instead of $ 20.00", self._plain(answer["text"]))

    def test_changed_amount_is_told_apart_from_a_changed_fact(self):
        _order, entry = self._billed("2026-03-01")
        for column, told in (
            (
                "charged_amount",
                "Recomputed $ 100.00, stored $ 90.00: the facts are int",
            ),
            (
                "settled_amount",
                "Recomputed $ 100.00, stored $ 90.00: the facts are int",
            ),
            ("untaxed_amount", "says another amount"),
        ):
            with self.subTest(column), self.env.cr.savepoint() as undo:
                self.env.flush_all()
                self.env.cr.execute(
                    f"UPDATE billing_entry SET {column} = 90 WHERE id = %s", [entry.id]
                )
                self.env.invalidate_all()
                (answer,) = entry.replay()
                self.assertIn(told, self._plain(answer["text"]))
                undo.rollback()
            self.env.invalidate_all()

    def test_changed_period_is_told(self):
        _order, entry = self._billed("2026-03-01")
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE billing_entry SET period_end = '2026-03-30' WHERE id = %s",
            [entry.id],
        )
        self.env.invalidate_all()
        (answer,) = entry.replay()
        self.assertEqual(
            answer["text"],
            "The ledger says 03/01/2026 to 03/30/2026, the facts say 03/01/2026 to "
            "03/31/2026.",
        )

    def test_changed_invoice_line_is_told(self):
        _order, entry = self._billed("2026-03-01")
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE account_move_line SET price_unit = 90 WHERE id = %s",
            [entry.move_line_id.id],
        )
        self.env.invalidate_all()
        (answer,) = entry.replay()
        self.assertIn("says another amount", answer["text"])

    def test_lost_facts_are_told(self):
        _order, entry = self._billed("2026-03-01")
        for facts, told in (
            (None, "No facts are stored"),
            ({"format": 2}, "cannot be read"),
        ):
            self.env.flush_all()
            self.env.cr.execute(
                "UPDATE billing_entry SET facts = %s WHERE id = %s",
                [facts and Json(facts), entry.id],
            )
            self.env.invalidate_all()
            (answer,) = entry.replay()
            self.assertIn(told, answer["text"])

    def test_removed_seal_is_told(self):
        _order, entry = self._billed("2026-03-01")
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE billing_entry SET facts_digest = NULL WHERE id = %s", [entry.id]
        )
        (answer,) = entry.replay()
        self.assertIn("changed after they were written", answer["text"])

    def test_thousands_of_differences_are_found_without_naming_each_fact(self):
        entries = self.env["billing.entry"].browse(self._generate(6))
        for entry in entries:
            self._flip(entry, "lead_days", 9)
        with patch(f"{MODULE}.NAMED", 2):
            verdicts = self._verdicts(entries).values()
        self.assertEqual({verdict.reason for verdict in verdicts}, {"facts"})
        self.assertEqual(sum(bool(verdict.moved) for verdict in verdicts), 2)

    # === The seal === #

    def test_each_entry_is_sealed_when_it_is_written(self):
        for entry in self._all_kinds():
            self.assertEqual(entry.facts_digest, digest(entry.facts), entry.kind)

    def test_entries_of_before_are_sealed_by_an_upgrade(self):
        _order, entry = self._billed("2026-03-01")
        seal = entry.facts_digest
        self.env.flush_all()
        self.env.cr.execute("UPDATE billing_entry SET facts_digest = NULL")
        self.env["billing.entry"]._seal_all()
        self.env.invalidate_all()
        self.assertEqual(entry.facts_digest, seal)

    def test_period_of_an_entry_is_among_its_facts(self):
        _order, entry = self._billed("2026-03-10")
        days = Period.inclusive(entry.period_start, entry.period_end)
        self.assertEqual(
            entry.facts["period"], [days.start.isoformat(), days.last.isoformat()]
        )
