# The rooms of this stage, in the order of loading: each uses those above it.
from . import payers
from . import policy
from . import pledges
from . import cases
from . import actions
