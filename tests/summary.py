#!/usr/bin/env python3
"""Adds up the .trx files of a folder; exit code 1 if a test failed or none ran.

usage: summary.py FOLDER [--counts]

With --counts it prints only three numbers: passed, failed, skipped.
"""
import pathlib
import sys
import xml.etree.ElementTree as xml

TRX = '{http://microsoft.com/schemas/VisualStudio/TeamTest/2010}'


def add_up(folder):
    """(passed, failed, skipped, names of failed tests) of all results in a folder."""
    passed = failed = skipped = 0
    names = []
    for path in sorted(pathlib.Path(folder).glob('*.trx')):
        root = xml.parse(path).getroot()
        outcome = root.find(f'{TRX}ResultSummary').get('outcome')
        results = list(root.iter(f'{TRX}UnitTestResult'))
        bad = [r.get('testName') for r in results if r.get('outcome') not in ('Passed', 'NotExecuted')]
        passed += sum(r.get('outcome') == 'Passed' for r in results)
        skipped += sum(r.get('outcome') == 'NotExecuted' for r in results)
        if outcome in ('Failed', 'Aborted', 'Error', 'Timeout') and not bad:
            bad = [f'{path.stem}: the run ended as {outcome}']
        failed += len(bad)
        names += bad
    return passed, failed, skipped, names


def main(arguments):
    passed, failed, skipped, names = add_up(arguments[0])
    if '--counts' in arguments:
        print(passed, failed, skipped)
        return 0
    for name in names:
        print(f'failed: {name}')
    print(f'All tests: {passed} passed, {failed} failed, {skipped} skipped')
    if passed + failed == 0:
        print('No test ran: that is a failure too.')
    return 1 if failed or not passed else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
