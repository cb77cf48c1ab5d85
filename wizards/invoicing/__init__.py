from . import account_move_reversal
from . import billing_line_drop
from . import billing_make_recurring_line
from . import billing_make_recurring
from . import billing_make_recurring_apply
from . import billing_run_launch
from . import sale_advance_payment_inv
