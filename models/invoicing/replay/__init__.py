from . import billing_entry_words
from . import billing_entry_facts
from . import billing_entry_verdict
from . import billing_replay
from . import billing_replay_check
from . import billing_replay_difference
from . import account_move_explain
from . import account_move_line_explain
