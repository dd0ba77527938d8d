#!/usr/bin/env python3
"""What .ci/run needs to know about the conformance kit.

usage: conformance.py skips          the --skip arguments for the cases that tests/conformance-open.md lists
       conformance.py report FILE    one line per area of a result file of the kit
       conformance.py failed FILE    one line per failed case
       conformance.py counts FILE    passed, failed and skipped, open cases among the skipped
"""
import fnmatch
import json
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
KIT = ROOT / 'tests' / 'conformance'
OPEN = ROOT / 'tests' / 'conformance-open.md'
REPORTED = ['proxy', 'response', 'stream', 'publish', 'routes', 'config']


def load_cases():
    """All cases that run without being asked for one by one: id -> area."""
    sys.path.insert(0, str(KIT))
    sys.dont_write_bytecode = True
    from gripkit import registry, runner
    runner.load(str(KIT), ['public'])
    return {c.id: c.area for c in registry.CASES.values() if not c.observed_only}


def open_cases(cases):
    """The ids that the table of open cases names; ends the program if a row fits no case."""
    ids = set()
    for line in OPEN.read_text().splitlines():
        cell = line.split('|')[1].strip(' `') if line.startswith('|') else ''
        if cell in ('', 'case') or set(cell) <= {'-', ':'}:
            continue
        found = [i for i in cases if fnmatch.fnmatchcase(i, cell)]
        if not found:
            sys.exit(f'{OPEN.relative_to(ROOT)}: "{cell}" fits no case of the kit; take the line out')
        ids.update(found)
    return ids


def skips(cases):
    # The kit also skips what merely contains a pattern; a bracket makes it match the whole id only.
    for case in sorted(open_cases(cases)):
        print(f'--skip=[{case[0]}]{case[1:]}')


def report(cases, results):
    waiting = open_cases(cases)
    for area in REPORTED:
        ran = [r for r in results if r['area'] == area]
        passed = sum(r['status'] == 'passed' for r in ran)
        failed = sum(r['status'] == 'failed' for r in ran)
        unable = sum(r['status'] == 'skipped' for r in ran)
        todo = sum(cases[i] == area for i in waiting)
        total = len(ran) + todo
        note = f', {unable} cannot run here' if unable else ''
        print(f'conformance {area:9} {passed:3} of {total:3} pass ({100 * passed / max(total, 1):.0f} %), '
              f'{failed} fail, {todo} open{note}')


def failed(cases, results):
    for result in results:
        if result['status'] == 'failed':
            # The kit's messages may end with a traceback; what it complains about is their first line.
            print(f"failed: conformance {result['id']}: {result['message'].strip().partition(chr(10))[0][:300]}")


def counts(cases, results):
    status = [r['status'] for r in results]
    print(status.count('passed'), status.count('failed'), status.count('skipped') + len(open_cases(cases)))


def main(arguments):
    cases = load_cases()
    if arguments == ['skips']:
        skips(cases)
        return
    results = json.loads(pathlib.Path(arguments[1]).read_text())['results']
    {'report': report, 'failed': failed, 'counts': counts}[arguments[0]](cases, results)


if __name__ == '__main__':
    main(sys.argv[1:])
