from . import account_move_reversal
from . import billing_invoice_preview
from . import billing_line_drop
from . import billing_make_recurring_line
from . import billing_make_recurring
from . import billing_make_recurring_apply
from . import billing_run_item_preview
from . import billing_run_launch
from . import billing_subscription_effect
from . import billing_subscription_change
from . import billing_subscription_pause
from . import billing_subscription_close
from . import sale_advance_payment_inv
from . import billing_intake_apply
from . import billing_intake_contract
from . import archive

from . import delivery
