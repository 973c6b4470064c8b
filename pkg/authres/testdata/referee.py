"""Reads Authentication-Results fields with Debian's python3-authres. Each line of
standard input is a field, a JSON string; each line of output is what it holds."""

import json
import re
import sys

import authres


def value(text):
    """Undoes quoted pairs, which the library leaves, except in local parts."""
    if text is None or text.startswith('"'):
        return text or ""
    return re.sub(r"\\(.)", r"\1", text)


def read(field):
    header = authres.AuthenticationResultsHeader.parse(field)
    return {
        "ID": value(header.authserv_id),
        "Results": [
            {
                "Method": r.method,
                "Result": r.result,
                "Reason": value(r.reason),
                "Properties": [
                    {"Type": p.type, "Name": p.name, "Value": value(p.value)}
                    for p in r.properties
                ],
            }
            for r in header.results
        ],
    }


for line in sys.stdin:
    print(json.dumps(read(json.loads(line))), flush=True)
