# Reads JUnit XML with Python's library and writes what it sees as JSON.
import json
import sys
import xml.etree.ElementTree as xml

suites = []
for suite in xml.parse(sys.stdin.buffer).getroot().findall("testsuite"):
    cases = []
    for case in suite.findall("testcase"):
        outcome, message = "passed", ""
        for kind in "failure", "error", "skipped":
            if case.find(kind) is not None:
                outcome, message = kind, case.find(kind).get("message")
        cases.append([case.get("name"), outcome, message])
    counts = [suite.get(key) for key in ("tests", "failures", "errors", "skipped")]
    suites.append({"Name": suite.get("name"), "Counts": counts, "Cases": cases})
json.dump(suites, sys.stdout)
