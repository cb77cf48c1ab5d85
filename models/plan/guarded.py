from odoo import api, models


class Guarded(models.AbstractModel):
    """Records that a service of ours writes, and nobody else at any right.

    The service knows itself by a private object in the context, which no client can
    send: see ``docs/architecture.md``, "Who may write what".
    """

    _name = "billing.guarded"
    _description = "Written by a Service Alone"

    @api.model_create_multi
    def create(self, vals_list):
        self._check_writer()
        return super().create(vals_list)

    def write(self, vals):
        self._check_writer()
        return super().write(vals)

    def unlink(self):
        self._check_writer()
        return super().unlink()

    def _check_writer(self):
        """Refuse whoever is not the service.

        :raises UserError: naming what is to be done instead.
        """
        raise NotImplementedError
