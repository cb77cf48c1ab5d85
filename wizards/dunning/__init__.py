from . import payers
