from . import subscription
from . import invoicing
from . import dunning
