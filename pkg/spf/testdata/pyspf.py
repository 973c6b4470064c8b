"""Asks pyspf for verdicts. Each line of standard input is a case, a JSON object
with ip, sender and helo; each line of output is a question for the DNS, answered
by the next line of input, or the verdict."""

import json
import sys

import spf


def say(**message):
    print(json.dumps(message), flush=True)


def hear():
    return json.loads(sys.stdin.readline() or "null")


def query(name, qtype, *_):
    say(name=name, type=qtype)
    answer = hear()
    if answer["failed"]:
        raise spf.TempError(answer["failed"])
    for data in answer["data"] or []:
        if qtype == "TXT":
            data = [text.encode("latin-1") for text in data]
        elif qtype == "MX":
            data = tuple(data)
        yield (name, qtype), data


spf.DNSLookup = query
while case := hear():
    say(verdict=spf.check2(case["ip"], case["sender"], case["helo"], querytime=0)[0])
