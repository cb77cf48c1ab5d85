"""What the cells of a row mean: customers, plans, products, dates and numbers.

Records are looked up for the whole file at once, a few queries whatever its length.
"""

from datetime import date

from odoo import models
from odoo.fields import Domain
from odoo.tools import email_normalize
from odoo.tools.misc import format_date, get_lang

from ....engine.reading import read_date, read_number

#: How a date is written, as messages show it.
EXAMPLE = date(2026, 12, 31)
#: Where a text is looked for, in this order.
KEYS = {
    "column_customer": ("res.partner", ("ref", "vat", "email_normalized", "name")),
    "column_plan": ("billing.plan", ("name",)),
    "column_product": ("product.product", ("default_code", "barcode", "name")),
    "column_salesperson": ("res.users", ("login", "email_normalized", "name")),
    "column_currency": ("product.pricelist", ("name",)),
}
TARGETS = {
    "column_customer": "partner_id",
    "column_plan": "plan_id",
    "column_product": "product_id",
    "column_salesperson": "user_id",
}
DATES = {
    "column_start": "start_date",
    "column_end": "end_date",
    "column_billed_until": "billed_until",
    "column_expected": "expected_date",
}
#: The field of a number and what an empty cell means; None: it must be given.
NUMBERS = {
    "column_quantity": ("quantity", 1),
    "column_price": ("price_unit", None),
    "column_discount": ("discount", 0),
}


class BillingIntakeReader(models.AbstractModel):
    _name = "billing.intake.reader"
    _description = "Reader of Running Contracts"

    def _get_reader(self, rows):
        """A function that reads one row: ``(number, row) -> (values, faults)``.

        :param rows: all rows of the file, dicts of texts by column.
        """
        found = {
            column: self._find(column, {row[column] for row in rows if row.get(column)})
            for column in KEYS
        }
        found["currency"] = self._find_currencies(rows)
        lang = get_lang(self.env)
        forms = (lang.date_format, "%d.%m.%Y")

        def read(number, row):
            values, faults = {}, {}
            for column, field in TARGETS.items():
                values[field] = self._read_record(column, number, row, found, faults)
            for column, field in DATES.items():
                values[field] = self._read_day(column, number, row, forms, faults)
            for column in NUMBERS:
                field, value = self._read_amount(
                    column, number, row, lang.decimal_point, faults
                )
                values[field] = value
            values["pricelist_id"] = self._read_pricelist(number, row, found, faults)
            return values, faults

        return read

    # === Records === #

    def _find(self, column, texts):
        """``{text: records}``, of the first key under which the text is known."""
        model, keys = KEYS[column]
        records = self.env[model]
        domain = Domain("company_id", "in", (False, self.env.company.id))
        if model == "res.users":
            domain = Domain("company_ids", "in", self.env.company.ids)
            domain &= Domain("share", "=", False)
        found = {}
        for key in keys:
            wanted = {self._normalize(key, text): text for text in texts - set(found)}
            wanted.pop(False, None)
            for record in records.search(domain & Domain(key, "in", list(wanted))):
                text = wanted.get(record[key])
                if text:
                    found[text] = found.get(text, records) | record
        return found

    def _normalize(self, key, text):
        """A text as the database keeps values of a key, or False."""
        if key == "email_normalized":
            return email_normalize(text)
        if key == "vat":
            return text.replace(" ", "").upper()
        return text

    def _find_currencies(self, rows):
        """``{code: pricelist}``: one in each currency that the file names."""
        codes = {row.get("column_currency", "") for row in rows}
        currencies = self.env["res.currency"].search([("name", "in", list(codes))])
        pricelists = self.env["product.pricelist"]
        return {
            currency.name: pricelists._billing_get_in_currency(currency)
            for currency in currencies
        }

    def _read_record(self, column, number, row, found, faults):
        text = row.get(column)
        if not text:
            return self._read_nothing(column, number, faults)
        records = found[column].get(text, self.env[KEYS[column][0]])
        if column == "column_customer" and len(records) > 1:
            # A company and its contacts may share an address or a number.
            records = records.filtered(lambda partner: not partner.parent_id) or records
        if len(records) == 1:
            return records.id
        values = {"row": number, "column": self._get_label(column), "text": text}
        faults[TARGETS[column]] = (
            self.env._(
                "Row %(row)s: %(count)s records answer to '%(text)s' in "
                "'%(column)s'. Write a reference that only one has.",
                count=len(records),
                **values,
            )
            if records
            else self.env._(
                "Row %(row)s: no record answers to '%(text)s' in '%(column)s'. Correct "
                "it, or create the record first.",
                **values,
            )
        )
        return False

    def _read_nothing(self, column, number, faults):
        if column != "column_salesperson":
            field = TARGETS.get(column) or DATES.get(column) or NUMBERS[column][0]
            faults[field] = self.env._(
                "Row %(row)s: '%(column)s' is empty. Fill it in.",
                row=number,
                column=self._get_label(column),
            )
        return False

    def _read_pricelist(self, number, row, found, faults):
        """The pricelist whose currency the prices are in; none for the company's."""
        text = row.get("column_currency")
        if not text:
            return False
        pricelists = found["column_currency"].get(text)
        if pricelists and len(pricelists) == 1:
            return pricelists.id
        if text in found["currency"]:
            return found["currency"][text].id
        faults["pricelist_id"] = self.env._(
            "Row %(row)s: '%(text)s' is neither an active currency nor a pricelist. "
            "Write its code, such as EUR.",
            row=number,
            text=text,
        )
        return False

    # === Dates and numbers === #

    def _read_day(self, column, number, row, forms, faults):
        text = row.get(column)
        if not text:
            if column == "column_start":
                self._read_nothing(column, number, faults)
            return False
        day = read_date(text, forms)
        if not day:
            faults[DATES[column]] = self.env._(
                "Row %(row)s: '%(column)s' %(text)s does not exist. Write a date such "
                "as %(example)s.",
                row=number,
                column=self._get_label(column),
                text=text,
                example=format_date(self.env, EXAMPLE),
            )
        return day or False

    def _read_amount(self, column, number, row, point, faults):
        """The field of a numeric column, and its value."""
        field, default = NUMBERS[column]
        text = row.get(column)
        if not text:
            if default is None:
                self._read_nothing(column, number, faults)
            return field, default or 0
        value = read_number(text, point)
        if value is None:
            faults[field] = self.env._(
                "Row %(row)s: '%(column)s' %(text)s is no number. Write it such as "
                "%(example)s.",
                row=number,
                column=self._get_label(column),
                text=text,
                example=f"1234{point}50",
            )
        return field, float(value or 0)

    def _get_label(self, column):
        return self.env["billing.intake"]._fields[column]._description_string(self.env)
