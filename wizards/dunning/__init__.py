from . import payers
from . import actions
