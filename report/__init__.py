from . import invoicing_billing_entry_report
from . import invoicing_billing_parked_report
from . import invoicing_cutoff_deferred_schedule
from . import dunning_ageing_item
