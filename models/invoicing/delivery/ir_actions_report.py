from odoo import api, models

from .billing_rendering_tape import get_tape


class IrActionsReport(models.Model):
    """Under a rendering of ours, wkhtmltopdf waits until several documents are ready.

    Every other report is printed as ever.
    """

    _inherit = "ir.actions.report"

    @api.model
    def _get_report(self, report_ref):
        tape = get_tape(self.env)
        if not tape or not isinstance(report_ref, str):
            return super()._get_report(report_ref)
        find = super()._get_report
        # As core: the report's settings are read whatever the user's rights.
        return self.sudo().browse(
            tape.recall_report(report_ref, lambda: find(report_ref))
        )

    def _render_qweb_pdf_prepare_streams(self, report_ref, data, res_ids=None):
        tape = get_tape(self.env)
        if tape:
            tape.check_binary()
        return super()._render_qweb_pdf_prepare_streams(
            report_ref, data, res_ids=res_ids
        )

    @api.model
    def _render_qweb_html(self, report_ref, docids, data=None):
        def make():
            return super(IrActionsReport, self)._render_qweb_html(
                report_ref, docids, data=data
            )

        tape = get_tape(self.env)
        return tape.fill(make) if tape else make()

    @api.model
    def _run_wkhtmltopdf(
        self,
        bodies,
        report_ref=False,
        header=None,
        footer=None,
        landscape=False,
        specific_paperformat_args=None,
        set_viewport_size=False,
    ):
        tape = get_tape(self.env)
        if not tape:
            return super()._run_wkhtmltopdf(
                bodies,
                report_ref=report_ref,
                header=header,
                footer=footer,
                landscape=landscape,
                specific_paperformat_args=specific_paperformat_args,
                set_viewport_size=set_viewport_size,
            )
        pdf = tape.recall_pdf()
        if pdf is not None:
            return pdf
        report = self._get_report(report_ref) if report_ref else self
        arguments = self._build_wkhtmltopdf_args(
            report.get_paperformat(),
            landscape,
            specific_paperformat_args=specific_paperformat_args,
            set_viewport_size=set_viewport_size,
        )
        # Core waits a second per file for scripts that fetch; those of a document have
        # run when it is loaded. Without any delay, though, wkhtmltopdf may think itself
        # done before the headers of later pages are read.
        delay = arguments.index("--javascript-delay") + 1
        arguments[delay] = "1"
        return tape.hand_over(arguments, bodies, header, footer)
