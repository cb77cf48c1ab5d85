from . import invoicing_billing_entry_report
from . import invoicing_billing_parked_report
