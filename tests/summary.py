#!/usr/bin/env python3
"""Adds up the .trx files of a folder; exit code 1 if a test failed or none ran.

usage: summary.py FOLDER [--again | --closing | --counts]

The folder "again" in it has the results of failed tests that were run once more, alone. Who passes there has passed, but is
named as unsteady. What went wrong with a whole project stands in a file PROJECT.broken.

  --again    instead: which tests to run once more, one "project<tab>full name" a line
  --closing  instead: only the lines that name failed and unsteady tests
  --counts   instead: three numbers, passed, failed, skipped
"""
import pathlib
import re
import sys
import xml.etree.ElementTree as xml

TRX = '{http://microsoft.com/schemas/VisualStudio/TeamTest/2010}'
MOST_AGAIN = 12   # with more failures than these something is broken, and a second run would only take time
MOST_NAMED = 20   # who reads a log from its end should see all closing lines


def first_line(text):
    return shortened(next((line.strip() for line in (text or '').splitlines() if line.strip()), 'no message'))


def one_line(message, trace):
    """A whole message, with the values it compares, and which line of the tests it came from."""
    text = shortened(' | '.join(line.strip() for line in (message or '').splitlines() if line.strip()) or 'no message')
    place = re.search(r'\w*(?:Tests|Contract)\.cs:line \d+', trace or '') or re.search(r'[\w.]+\.cs:line \d+', trace or '')
    return f'{text} ({place[0]})' if place else text


def shortened(line):
    return line if len(line) <= 300 else line[:300] + '…'


def results_of(path):
    """(full name without arguments, shown name, outcome, what went wrong) of each test of one file."""
    root = xml.parse(path).getroot()
    methods = {test.get('id'): test.find(f'{TRX}TestMethod') for test in root.iter(f'{TRX}UnitTest')}
    for result in root.iter(f'{TRX}UnitTestResult'):
        method = methods[result.get('testId')]
        error = f'{TRX}Output/{TRX}ErrorInfo/{TRX}'
        yield (f'{method.get("className")}.{method.get("name")}', result.get('testName'), result.get('outcome'),
               one_line(result.findtext(error + 'Message'), result.findtext(error + 'StackTrace')))


def early_end(path):
    """Why a run ended before its tests did (a crash, a hang), or None."""
    summary = xml.parse(path).getroot().find(f'{TRX}ResultSummary')
    texts = [info.findtext(f'{TRX}Text', '') for info in summary.iter(f'{TRX}RunInfo') if info.get('outcome') == 'Error']
    # xunit reports each failed test as an error of the run too.
    reasons = [first_line(text) for text in texts if not text.startswith('[xUnit.net')]
    if not reasons and summary.get('outcome') in ('Aborted', 'Error', 'Timeout'):
        reasons = [f'the run ended as {summary.get("outcome")}']
    return reasons[0] if reasons else None


class Summary:
    """All results of a folder. failed and unsteady are pairs of a name and what went wrong."""

    def __init__(self, folder):
        self.passed = self.skipped = 0
        self.failed, self.unsteady, self.again = [], [], []
        second = {}
        for path in sorted(pathlib.Path(folder, 'again').glob('*.trx')):
            alive = early_end(path) is None
            for _, shown, outcome, _ in results_of(path):
                # Cases of a theory may look alike where their arguments are long: then all of them must pass.
                second[shown] = second.get(shown, True) and alive and outcome == 'Passed'
        for path in sorted(pathlib.Path(folder).glob('*.trx')):
            self.add(path, second)
        for path in sorted(pathlib.Path(folder).glob('*.broken')):
            self.failed.append((path.stem, first_line(path.read_text())))

    def add(self, path, second):
        before = len(self.again)
        for name, shown, outcome, line in results_of(path):
            if outcome == 'Passed':
                self.passed += 1
            elif outcome == 'NotExecuted':
                self.skipped += 1
            else:
                self.again.append((path.stem, name))
                if second.get(shown):
                    self.passed += 1
                    self.unsteady.append((shown, line))
                else:
                    self.failed.append((shown, line))
        reason = early_end(path)
        outcome = xml.parse(path).getroot().find(f'{TRX}ResultSummary').get('outcome')
        if reason is None and outcome == 'Failed' and len(self.again) == before:
            reason = 'the run failed although no test did'
        if reason is not None:
            self.failed.append((path.stem, reason))

    def to_run_again(self):
        names = list(dict.fromkeys(self.again))
        return names if len(names) <= MOST_AGAIN else []

    def closing(self):
        lines = [f'unsteady: {name} (failed once beside others: {line})' for name, line in self.unsteady[:MOST_NAMED]]
        if self.unsteady:
            lines.append(f'{len(self.unsteady)} unsteady')
        lines += [f'failed: {name}: {line}' for name, line in self.failed[:MOST_NAMED]]
        if len(self.failed) > MOST_NAMED:
            lines.append(f'failed: and {len(self.failed) - MOST_NAMED} more')
        return lines


def main(arguments):
    summary = Summary(arguments[0])
    failed = len(summary.failed)
    if '--counts' in arguments:
        print(summary.passed, failed, summary.skipped)
    elif '--again' in arguments:
        print(''.join(f'{project}\t{name}\n' for project, name in summary.to_run_again()), end='')
    elif '--closing' in arguments:
        print(''.join(line + '\n' for line in summary.closing()), end='')
    else:
        print(''.join(line + '\n' for line in summary.closing()), end='')
        print(f'All tests: {summary.passed} passed, {failed} failed, {summary.skipped} skipped')
        if summary.passed + failed == 0:
            print('No test ran: that is a failure too.')
        return 1 if failed or not summary.passed else 0
    return 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
