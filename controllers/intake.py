"""The refused rows of an import, as a file to correct and import again."""

import io

import xlsxwriter

from odoo import http
from odoo.http import content_disposition, request


class BillingIntakeController(http.Controller):
    @http.route("/recurring_billing/intake/refused", type="http", auth="user")
    def refused_rows(self):
        """A spreadsheet with the columns of the template, and the reason last."""
        intakes = request.env["billing.intake"]
        intakes.check_access("read")
        header, rows = intakes._get_refused_table()
        output = io.BytesIO()
        with xlsxwriter.Workbook(output, {"in_memory": True}) as book:
            sheet = book.add_worksheet()
            sheet.write_row(0, 0, header, book.add_format({"bold": True}))
            sheet.set_column(0, len(header) - 2, 18)
            sheet.set_column(len(header) - 1, len(header) - 1, 90)
            for number, row in enumerate(rows, 1):
                for column, text in enumerate(row):
                    # As text: a number that could not be read must come back as it was.
                    sheet.write_string(number, column, text)
        name = request.env._("refused contracts")
        return request.make_response(
            output.getvalue(),
            headers=[
                (
                    "Content-Type",
                    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                ),
                ("Content-Disposition", content_disposition(f"{name}.xlsx")),
            ],
        )
