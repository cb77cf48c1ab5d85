from odoo import fields, models


class BillingIntakeFaults(models.AbstractModel):
    """Remembers what could not be read, until a person fills it in."""

    _name = "billing.intake.faults"
    _description = "What Could Not Be Read"

    faults = fields.Json(
        readonly=True, help="Sentences, by the field that a cell was meant for."
    )

    def write(self, vals):
        res = super().write(vals)
        if "faults" not in vals:
            for record in self.filtered("faults"):
                left = {k: v for k, v in record.faults.items() if k not in vals}
                if len(left) < len(record.faults):
                    record.faults = left or False
        return res
