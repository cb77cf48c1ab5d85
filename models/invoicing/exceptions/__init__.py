from . import billing_exception_cause
from . import billing_run_item_exception
from . import billing_invoicing_causes
from . import billing_invoicing_checks
from . import billing_invoicing_checks_books
from . import billing_invoicing_parking
from . import res_partner
