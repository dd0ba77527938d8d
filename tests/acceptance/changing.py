"""Criteria of changes while events come in: plugins switched on and off, versions replaced."""
import json
import time
import urllib.error
import urllib.request

from rig import ROUTE, Proxy, Readers, Sender, hold_quiet, percentile
from steady import DRAIN, check

TOKEN = 'operator-of-the-acceptance-runs'
FIRST = 10_000_000  # numbers of events have eight digits, and each version that an event passes adds two: so a number tells its story; each further node begins at a multiple
RATE, BATCH = 2_000, 20
MOST_SECONDS = 2  # until a change is applied


class Admin:
    """The admin API of a proxy, as its operator."""

    def __init__(self, proxy):
        self.bases = [f'http://127.0.0.1:{node.control}/v1/' for node in [proxy, *proxy.others]]

    def ask(self, method, path, body=None):
        """Asks one node after the other, each time the next."""
        self.bases.append(self.bases.pop(0))
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.bases[0] + path, data, {'Content-Type': 'application/json', 'Authorization': f'Bearer {TOKEN}'}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=70) as answer:
                return json.loads(answer.read() or b'null')
        except urllib.error.HTTPError as error:
            raise SystemExit(f'{method} {path}: {error.code} {error.read().decode()}') from error

    def package(self, version):
        source = f'export function processEvent(event) {{ event.properties.n = event.properties.n * 100 + {version}; return event }}'
        manifest = {'name': 'counting', 'version': f'{version}.0.0'}
        return self.ask('POST', 'tenants/default/packages', {'name': 'counting', 'source': source, 'plugin_json': manifest})['hash']

    def install(self, version):
        body = {'package': self.package(version), 'enabled': True}
        return self.ask('POST', 'tenants/default/plugins?wait=ready', body)['id']


def while_events_come(seconds, prepare):
    """What happens to events while plugins change: (figures, complaints).

    prepare(admin) gives the version that works at first and the changes, each a call and the version that works then (0: none). They are spread over the time.
    """
    with Proxy({'default': (None, [ROUTE])}, f'admin_token={TOKEN}') as proxy:
        quiet = hold_quiet(proxy.port)
        admin = Admin(proxy)
        works, changes = prepare(admin)
        readers = Readers(proxy.port, 10).begin()
        nodes = [proxy, *proxy.others]
        senders = [Sender(node.events, RATE / len(nodes), BATCH, seconds, '/batch/', 'key-of-default', first=FIRST * (1 + i)) for i, node in enumerate(nodes)]
        for sender in senders:
            sender.start()
        begin = time.monotonic()
        # (version, from when it may work, until when): a change may be in force as soon as it is asked for, and is when it is answered.
        spans, took, since = [], [], float('-inf')
        for i, (call, version) in enumerate(changes):
            time.sleep(max(0.0, begin + (i + 0.5) * seconds / len(changes) - time.monotonic()))
            asked = time.monotonic()
            call()
            answered = time.monotonic()
            spans.append((works, since, answered))
            took.append(answered - asked)
            works, since = version, asked
        spans.append((works, since, float('inf')))
        results = [sender.results() for sender in senders]
        answers, refused, failures = [a for r in results for a in r[0]], [a for r in results for a in r[1]], sum(r[2] for r in results)
        accepted = sum(count for _, count, _, _ in answers)
        stop = time.monotonic()
        while readers.received.value < accepted and time.monotonic() - stop < DRAIN:
            time.sleep(0.02)
        got, differences, times, _ = readers.finish()
        dead = len(admin.ask('GET', 'tenants/default/dlq')['items'])
        for client in quiet:
            client.close()
    lost, several, wrong = stories(spans, answers, times)
    figures = {
        'events accepted': accepted, 'answers other than 200': len(refused), 'requests without answer': failures, 'events lost': lost, 'dead letters': dead,
        'differences between the ten clients': sum(differences), 'changes': len(took), 'until applied, p50 ms': 1000 * percentile(took, 50),
        'until applied, most ms': 1000 * max(took), 'events that passed several versions': several, 'events that passed a version not in force': wrong,
    }
    complaints = []
    check(complaints, accepted >= 0.99 * RATE * seconds, f'{accepted} of {RATE * seconds:.0f} events were accepted')
    check(complaints, not refused and not failures, f'{len(refused)} refused (first: {refused[:1]}), {failures} failed')
    check(complaints, lost == 0 and sum(differences) == 0, f'{lost} accepted events were not delivered, the clients differ in {sum(differences)}')
    check(complaints, dead == 0, f'{dead} dead letters')
    check(complaints, several == 0 and wrong == 0, f'{several} events passed several versions, {wrong} one that was not in force')
    check(complaints, max(took) <= MOST_SECONDS, f'a change took {max(took):.1f} s, expected at most {MOST_SECONDS}')
    return figures, complaints


def stories(spans, answers, times):
    """How many events were not delivered, passed several versions, passed one that was not in force between their sending and their arrival."""
    passed = {}
    for number, at in times.items():
        text = str(number)
        passed.setdefault(int(text[:8]), []).append(([int(text[i:i + 2]) for i in range(8, len(text), 2)] or [0], at))
    lost = several = wrong = 0
    for first, count, sent, _ in answers:
        for n in range(first, first + count):
            ways = passed.get(n, [])
            lost += not ways
            several += len(ways) > 1 or any(len(versions) > 1 for versions, _ in ways)
            wrong += any(version not in {v for v, begin, end in spans if begin <= at and end >= sent} for versions, at in ways for version in versions)
    return lost, several, wrong


def tog1(seconds):
    """200 toggles in 60 s under 2 000 events a second: no error, no lost event, each applied on all nodes within 2 s."""
    def prepare(admin):
        plugin = admin.install(11)
        switch = {on: lambda call=call: admin.ask('POST', f'tenants/default/plugins/{plugin}/{call}?wait=ready') for on, call in ((True, 'enable'), (False, 'disable'))}
        return 11, [(switch[i % 2 == 1], 11 * (i % 2)) for i in range(round(200 * seconds / 60))]
    return while_events_come(seconds, prepare)


def upd1(seconds):
    """20 version changes under 2 000 events a second: every event passed exactly one version, none is lost."""
    def prepare(admin):
        plugin = admin.install(11)
        packages = {version: admin.package(version) for version in range(12, 32)}
        return 11, [(lambda package=package: admin.ask('PATCH', f'tenants/default/plugins/{plugin}?wait=ready', {'package': package}), v) for v, package in packages.items()]
    return while_events_come(seconds, prepare)


RUNS = {'G-TOG-1': (tog1, 60), 'G-UPD-1': (upd1, 60)}
