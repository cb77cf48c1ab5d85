# The order of the stages is the order of loading: a stage uses those above it.
from . import plan
from . import subscription
from . import invoicing
from . import dunning
from . import insight
