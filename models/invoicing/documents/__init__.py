from . import account_edi_common
from . import account_move_electronic
from . import account_edi_xml_cii
from . import account_edi_xml_ubl
