from . import subscription
from . import invoicing
