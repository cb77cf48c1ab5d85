"""The file of running contracts, through Odoo's own import screen.

One row a line. The columns are texts, so that what cannot be read is handed back with
its reason and the other rows are kept; a typed column would refuse the whole file.
"""

from collections import defaultdict
from datetime import date, datetime

from odoo import Command, api, fields, models
from odoo.tools.misc import get_lang

#: The first row of a file holds the names of the columns.
FIRST_ROW = 2
#: Columns that say something of the whole contract, by the field they fill: all its
#: rows agree on them.
OF_CONTRACT = {
    "column_customer": "partner_id",
    "column_currency": "pricelist_id",
    "column_customer_ref": "client_order_ref",
    "column_salesperson": "user_id",
    "column_expected": "expected_date",
}
#: Columns of which a line may have its own.
OF_LINE = {
    "column_plan": "plan_id",
    "column_start": "start_date",
    "column_end": "end_date",
    "column_billed_until": "billed_until",
}
#: Fields that only a line has.
LINE_ONLY = {"product_id", "quantity", "price_unit", "discount"}


def as_text(cell):
    """The text of a cell; a date of a spreadsheet in the form of ISO."""
    if isinstance(cell, datetime):
        cell = cell.date()
    if isinstance(cell, date):
        return cell.isoformat()
    return str(cell or "").strip()


class BillingIntake(models.Model):
    _inherit = "billing.intake"

    # Never stored: the rows keep what was written.
    column_contract = fields.Char(string="Contract", store=False)
    column_customer = fields.Char(string="Customer", store=False)
    column_plan = fields.Char(string="Plan", store=False)
    column_start = fields.Char(string="Start", store=False)
    column_end = fields.Char(string="End", store=False)
    column_billed_until = fields.Char(string="Already billed until", store=False)
    column_product = fields.Char(string="Product", store=False)
    column_description = fields.Char(string="Description", store=False)
    column_quantity = fields.Char(string="Quantity", store=False)
    column_price = fields.Char(string="Unit price", store=False)
    column_discount = fields.Char(string="Discount (%)", store=False)
    column_currency = fields.Char(string="Currency or pricelist", store=False)
    column_customer_ref = fields.Char(string="Customer reference", store=False)
    column_salesperson = fields.Char(string="Salesperson", store=False)
    column_expected = fields.Char(string="Next invoice expected", store=False)

    @api.model
    def get_import_templates(self):
        # EXTENDS base_import
        french = get_lang(self.env).code.startswith("fr")
        name = "reprise_abonnements" if french else "running_contracts"
        folder = "/recurring_billing/static/xls"
        return [
            {
                "label": self.env._("Template for running contracts (Excel)"),
                "template": f"{folder}/{name}.xlsx",
            },
            {
                "label": self.env._("Template for running contracts (CSV)"),
                "template": f"{folder}/{name}.csv",
            },
        ]

    @api.model
    def load(self, fields, data):
        # EXTENDS base: rows are staged, good and bad ones. Never in parts: the rows of
        # a contract belong together, and a row is known by its place in the file.
        if "column_contract" not in fields:
            return super().load(fields, data)
        self.check_access("create")
        rows = [
            {name: as_text(cell) for name, cell in zip(fields, cells, strict=True)}
            for cells in data
        ]
        staged = self._stage_rows(rows)
        return {"ids": staged.ids, "messages": [], "nextrow": 0}

    def _stage_rows(self, rows):
        """Contracts of the rows of a file, checked.

        Those of the same number that were not taken over yet are replaced: the file
        was corrected.

        :param rows: dicts of texts by column.
        :rtype: billing.intake
        """
        contracts = self._group_rows(rows)
        old = self.search(
            [
                ("company_id", "=", self.env.company.id),
                ("source", "=", "file"),
                ("reference", "in", list(contracts)),
                ("state", "in", ("ready", "refused")),
            ]
        )
        old.unlink()
        read = self.env["billing.intake.reader"]._get_reader(rows)
        staged = self.create(
            [
                self._prepare_intake_vals(reference, numbered, read)
                for reference, numbered in contracts.items()
            ]
        )
        staged._check()
        return staged

    def _group_rows(self, rows):
        """``{contract number: [(row number, row)]}`` in the order of the file.

        A row without number and customer goes on with the contract above.
        """
        contracts = defaultdict(list)
        above = ""
        for number, row in enumerate(rows, FIRST_ROW):
            reference = row.get("column_contract", "")
            if not reference and not row.get("column_customer"):
                reference = above
            above = reference or above
            # Rows without a number are no contract together.
            contracts[reference or self.env._("Row %s", number)].append((number, row))
        return contracts

    def _prepare_intake_vals(self, reference, numbered, read):
        number, first = numbered[0]
        found, faults = read(number, first)
        if not first.get("column_contract"):
            faults["reference"] = self.env._(
                "Row %(row)s: 'Contract' is empty. Give each contract a number.",
                row=number,
            )
        lines = [self._prepare_intake_line_vals(number, first, found, faults)]
        for row_number, row in numbered[1:]:
            whole = {**row, **{n: row.get(n) or first.get(n, "") for n in OF_LINE}}
            whole["column_customer"] = first.get("column_customer", "")
            more, wrong = read(row_number, whole)
            own = {
                field
                for column, field in OF_LINE.items()
                if whole[column] != first.get(column, "")
            }
            line = self._prepare_intake_line_vals(row_number, row, more, wrong, own)
            lines.append(line)
            faults |= self._find_disagreements(number, first, row_number, row)
        return {
            **{n: value for n, value in found.items() if n not in LINE_ONLY},
            "company_id": self.env.company.id,
            "reference": reference,
            "client_order_ref": first.get("column_customer_ref"),
            "faults": {k: v for k, v in faults.items() if k not in LINE_ONLY} or False,
            "line_ids": [Command.create(line) for line in lines],
        }

    def _find_disagreements(self, number, first, row_number, row):
        """``{field: sentence}`` of cells that contradict the contract's first row."""
        return {
            field: self.env._(
                "Row %(row)s: '%(column)s' is not that of row %(first)s of the same "
                "contract. Make them equal, or give the row a number of its own.",
                row=row_number,
                column=self._fields[column]._description_string(self.env),
                first=number,
            )
            for column, field in OF_CONTRACT.items()
            if row.get(column) and row[column] != first.get(column, "")
        }

    def _prepare_intake_line_vals(self, number, row, found, faults, own=frozenset()):
        """The values of a row.

        :param own: fields in which it differs from the first row of its contract.
        """
        mine = LINE_ONLY | own
        return {
            "row_number": number,
            "sequence": number,
            "raw": row,
            "name": row.get("column_description"),
            **{name: found[name] for name in mine},
            "faults": {k: v for k, v in faults.items() if k in mine} or False,
        }

    # === Handing back === #

    @api.model
    def _get_refused_table(self):
        """The refused rows of the company: names of the columns, and rows of texts.

        The reason comes last, on the first row of each contract.
        """
        names = [name for name in self._fields if name.startswith("column_")]
        refused = self.search(
            [
                ("state", "=", "refused"),
                ("source", "=", "file"),
                ("company_id", "=", self.env.company.id),
            ]
        )
        labels = [self._fields[name]._description_string(self.env) for name in names]
        rows = []
        for intake in refused:
            reason = intake.message
            for line in intake.line_ids:
                raw = line.raw or {}
                rows.append([*(raw.get(name, "") for name in names), reason or ""])
                reason = ""
        return [*labels, self.env._("Reason")], rows
