"""The findings as a spreadsheet, for who closes the month outside of the screen."""

import base64
import io

from odoo import api, models

from .billing_completeness_map import ORDERS


class BillingCompleteness(models.AbstractModel):
    _inherit = "billing.completeness"

    @api.model
    def export_findings(self, params):
        """The findings of a span as a spreadsheet.

        :return: file name and its bytes in base 64.
        """
        self._check_may_see()
        question = self._read_question(params)
        orders = self._search_orders(question.domain, ORDERS[question.group])
        found = []
        for proof in self._stream(orders, question.span, self._get_as_of()):
            found += proof.faults
        rows = self._prepare_export(found)
        name = self.env._(
            "completeness %(first)s %(last)s",
            first=question.span.start,
            last=question.span.last,
        )
        return {
            "name": f"{name}.xlsx",
            "content": base64.b64encode(self._write_sheet(rows)).decode(),
        }

    def _prepare_export(self, faults):
        """A row of the sheet for each finding."""
        labels = self._get_kind_labels()
        # Lines of one recordset are read together.
        lines = self.env["sale.order.line"].browse(f.line for f in faults)
        return [
            [
                line.order_id.partner_id.display_name,
                line.order_id.name,
                line.product_id.display_name,
                labels[fault.kind],
                fault.start,
                fault.last,
                fault.days,
                float(fault.amount),
                line.order_id.currency_id.name,
                ", ".join(fault.documents),
                self._get_fault_text(fault, line.order_id),
            ]
            for line, fault in zip(lines, faults, strict=True)
        ]

    def _write_sheet(self, rows):
        # Core's own way to write spreadsheets; loaded by who exports only.
        import xlsxwriter

        output = io.BytesIO()
        book = xlsxwriter.Workbook(output, {"in_memory": True})
        sheet = book.add_worksheet()
        bold = book.add_format({"bold": True})
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        money = book.add_format({"num_format": "#,##0.00"})
        titles = [
            self.env._("Customer"),
            self.env._("Subscription"),
            self.env._("Product"),
            self.env._("Finding"),
            self.env._("From"),
            self.env._("To"),
            self.env._("Days"),
            self.env._("Amount"),
            self.env._("Currency"),
            self.env._("Documents"),
            self.env._("What to do"),
        ]
        sheet.write_row(0, 0, titles, bold)
        formats = {4: day, 5: day, 7: money}
        for number, row in enumerate(rows, 1):
            for column, value in enumerate(row):
                sheet.write(number, column, value, formats.get(column))
        sheet.set_column(0, 10, 16)
        book.close()
        return output.getvalue()
