from . import billing_dunning_skip
from . import billing_dunning_call
from . import billing_dunning_start
