"""Criteria of isolation, crashes and escapes."""
import os
import random
import re
import signal
import subprocess
import tempfile
import threading
import time
import xml.etree.ElementTree as xml

from rig import LIGHT, ROOT, ROUTE, Proxy, Readers, Sender, percentile, until
from steady import check

ATTACKS = {
    'nothing': LIGHT,
    'while(true){}': 'export function processEvent() { while (true) {} }',
    'a heap bomb': 'const kept = []\nexport function processEvent() { while (true) kept.push({ a: [kept.length] }) }',
    'a typed-array bomb': 'const kept = []\nexport function processEvent() { while (true) kept.push(new Uint8Array(1 << 24).fill(1)) }',
    'a log flood': 'export function processEvent(event) { for (let i = 0; i < 1e6; i++) console.log("flood " + i); return event }',
}


class Publishing(threading.Thread):
    """Plain GRIP publishes, a hundred a second, with numbers from 1 000 000 000 on; how long each took to be answered (ms)."""

    def __init__(self, proxy):
        super().__init__(daemon=True)
        self.proxy, self.sent, self.over = proxy, {}, threading.Event()

    def run(self):
        number = 1_000_000_000
        while not self.over.wait(0.01):
            self.sent[number] = time.monotonic()
            self.proxy.publish('measured', f'n={number};\n')
            number += 1


def with_neighbour(source, seconds):
    """(p99 of tenant b's events, p99 of plain publishes; ms) while tenant a runs the source."""
    options = 'worker_timeout_ms=1000\nworker_hang_ms=1500'
    with Proxy({'a': (source, [dict(ROUTE, channel='a')]), 'b': (LIGHT, [ROUTE])}, options) as proxy:
        for key in ('key-of-a', 'key-of-b'):
            warm = Sender(proxy.events, 20, 1, 1, '/capture/', key, connections=1, first=100_000_000)
            warm.start()
            warm.results()
        readers = Readers(proxy.port, 1).begin()
        attack = Sender(proxy.events, 20, 1, seconds, '/capture/', 'key-of-a', connections=2, first=200_000_000)
        sender = Sender(proxy.events, 500, 5, seconds, '/batch/', 'key-of-b')
        publishing = Publishing(proxy)
        for one in (attack, sender, publishing):
            one.start()
        answers, refused, failures = sender.results()
        attack.results()
        publishing.over.set()
        publishing.join()
        time.sleep(1)
        got, _, times, _ = readers.finish()
    events = [1000 * (times[n] - at) for first, count, at, _ in answers for n in range(first, first + count) if n in times]
    plain = [1000 * (times[n] - at) for n, at in publishing.sent.items() if n in times]
    lost = sum(1 for first, count, _, _ in answers for n in range(first, first + count) if n not in got) + len(publishing.sent) - len(plain)
    return percentile(events, 99), percentile(plain, 99), lost + len(refused) + failures


def iso1(seconds):
    """A hostile tenant: the p99 of another at most doubles, the p99 of plain publishes grows at most by a fifth."""
    figures, complaints = {}, []
    each = seconds / len(ATTACKS)
    usual_event = usual_plain = None
    for name, source in ATTACKS.items():
        event, plain, lost = with_neighbour(source, each)
        usual_event, usual_plain = usual_event or event, usual_plain or plain
        figures[f'beside {name}: events, p99 ms'] = event
        figures[f'beside {name}: plain publishes, p99 ms'] = plain
        check(complaints, lost == 0, f'beside {name}: {lost} lost')
        check(complaints, event <= 2 * usual_event, f'beside {name}: events took {event / usual_event:.1f} times as long')
        check(complaints, plain <= 1.2 * usual_plain, f'beside {name}: plain publishes took {plain / usual_plain:.2f} times as long')
    return figures, complaints


def cra1(seconds):
    """kill -9 of the proxy, of its cell and (with --redis) of Redis, 20 times each at random under load: each accepted event is published at least once."""
    chance = random.Random(int(os.environ.get('ACCEPTANCE_SEED', '1')))
    kills = {'proxy': 0, 'cell': 0, 'redis': 0}
    # Each event has its channel, so the log names all that was published; what the last lines of a killed proxy lack, its client has.
    routes = [ROUTE, {'channel': 'n.{properties.n}', 'content': 'event', 'formats': ['http-stream']}]
    # A plugin whose process ends again and again is switched off, which is not what is looked at here.
    with Proxy({'default': (LIGHT, routes)}, 'strikes=1000') as proxy:
        received = set()
        readers = Readers(proxy.port, 1).begin()
        sender = Sender(proxy.events, 300, 10, seconds, '/batch/', 'key-of-default', connections=4)
        sender.start()
        # Each in turn: a cell that ends again and again is started later and later, unless the proxy is a new one.
        victims = ['proxy', 'cell', 'redis'] if proxy.redis else ['proxy', 'cell']
        plan = [victim for _ in range(20) for victim in chance.sample(victims, len(victims))]
        begin = time.monotonic()
        for i, victim in enumerate(plan):
            time.sleep(max(0.0, begin + (i + chance.random()) * seconds / len(plan) - time.monotonic()))
            if victim == 'proxy':
                proxy.end(signal.SIGKILL)
                received |= readers.finish()[0]
                proxy.start()
                readers = Readers(proxy.port, 1).begin()
                kills['proxy'] += 1
            elif victim == 'redis':
                proxy.redis.kill()
                proxy.redis.start()
                kills['redis'] += 1
            else:
                until(proxy.cells, 30, 'a cell runs', proxy)
                for pid in proxy.cells():
                    os.kill(pid, signal.SIGKILL)
                    kills['cell'] += 1
        answers, refused, failures = sender.results()
        accepted = {n for first, count, _, _ in answers for n in range(first, first + count)}

        def missing():
            return accepted - {int(n) for n in re.findall(r'publish channel=n\.(\d+) ', proxy.log)} - received

        end = time.monotonic() + 60
        while missing() and time.monotonic() < end:
            time.sleep(0.5)
        received |= readers.finish()[0]
        lost = missing()
    figures = {'kills of the proxy': kills['proxy'], 'kills of a cell': kills['cell'], 'kills of Redis': kills['redis'], 'events accepted': len(accepted), 'requests without answer': failures,
               'answers other than 200': len(refused), 'accepted events that were not published': len(lost)}
    complaints = []
    check(complaints, not lost, f'{len(lost)} accepted events were not published, such as {sorted(lost)[:5]}')
    check(complaints, len(accepted) > 0, 'no event was accepted')
    return figures, complaints


def sec1(_):
    """The escape suite: whatever a plugin tries against its cell, the frames and the network, nothing succeeds."""
    suites = ['CellIsolationTests', 'CellLimitTests', 'EgressClientTests']
    with tempfile.TemporaryDirectory(prefix='gripproxy-acceptance-') as folder:
        names = '|'.join(f'FullyQualifiedName~{suite}' for suite in suites)
        run = subprocess.run(
            ['dotnet', 'test', str(ROOT / 'tests/GripProxy.Plugins.Tests'), '-c', 'Release', '--nologo', '--filter', names,
             '--logger', 'trx;LogFileName=escape.trx', '--results-directory', folder], capture_output=True, text=True, check=False)
        try:
            results = [r for r in xml.parse(f'{folder}/escape.trx').getroot().iter() if r.tag.endswith('UnitTestResult')]
        except OSError:
            raise SystemExit(run.stdout[-3000:] + run.stderr[-3000:]) from None
    figures = {'attempts': len(results), 'withstood': sum(r.get('outcome') == 'Passed' for r in results)}
    for suite in sorted({r.get('testName').split('(')[0].rsplit('.', 2)[-2] for r in results}):
        figures[f'of {suite}'] = sum(f'.{suite}.' in r.get('testName') for r in results)
    return figures, [f'{r.get("testName")} failed' for r in results if r.get('outcome') != 'Passed']


RUNS = {'G-ISO-1': (iso1, 60), 'G-CRA-1': (cra1, 80), 'G-SEC-1': (sec1, 0)}
