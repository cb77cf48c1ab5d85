from . import billing_subscription_change
from . import billing_subscription_close
from . import billing_subscription_pause
