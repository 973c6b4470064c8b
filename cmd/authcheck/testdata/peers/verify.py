# Verifies messages with dkimpy. It reads {"keys": {name: [text, ...] or null}, "files":
# [path, ...]} and prints a line of JSON for each file: the verdict on each signature.
# null is a name that nobody answers for.
import json
import sys

import dkim

job = json.load(sys.stdin)


def txt(name, timeout=5):
    texts = job["keys"].get(name.decode().rstrip(".").lower(), [])
    if texts is None:
        raise dkim.DnsTimeoutError(name)
    return texts[0].encode() if texts else None


def verdict(message, index):
    try:
        return "pass" if dkim.DKIM(message).verify(idx=index, dnsfunc=txt) else "permfail"
    except dkim.DnsTimeoutError:
        return "tempfail"
    except dkim.DKIMException:
        return "permfail"
    except Exception:  # of the libraries below it
        return "crash"


def verdicts(message):
    try:
        fields = [name for name, _ in dkim.DKIM(message).headers if name.lower() == b"dkim-signature"]
    except dkim.MessageFormatError:
        return ["refused"]
    return [verdict(message, i) for i in range(len(fields))]


for path in job["files"]:
    with open(path, "rb") as file:
        print(json.dumps(verdicts(file.read())))
