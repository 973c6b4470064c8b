"""Validates chains with dkimpy. Each line of standard input is {"message": text,
"keys": {name: record}}; each line of standard output is the state of the chain."""
import json
import sys

import dkim

for line in sys.stdin:
    case = json.loads(line)
    keys = {name.encode(): record.encode() for name, record in case["keys"].items()}
    state, _, _ = dkim.arc_verify(case["message"].encode(), dnsfunc=lambda name, timeout=5: keys.get(name))
    print(json.dumps(state.decode() if state else "none"))
