from . import intake
from . import portal
from . import portal_subscription
