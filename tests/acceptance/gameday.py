"""Criteria of game days: the tool against a proxy on the same machine."""
import collections
import json
import multiprocessing
import os
import pathlib
import re
import selectors
import signal
import socket
import subprocess
import tempfile
import time
import urllib.request

from rig import LIGHT, PROGRAM, ROOT, Proxy, free_ports, until
from steady import check

TOKEN = 'operator-of-the-acceptance-runs'
SLOW = 'export function processEvent(event) { const end = Date.now() + 50; while (Date.now() < end); return event }'


def play(plan, folder, *options):
    """Runs a plan: (exit code, report, what was printed)."""
    (folder / 'plan.json').write_text(json.dumps(plan))
    command = [str(PROGRAM), 'gameday', 'run', 'plan.json', '--report', 'report', *options]
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
    if not (folder / 'report.json').exists():
        raise SystemExit(run.stdout[-3000:] + run.stderr[-3000:])
    return run.returncode, json.loads((folder / 'report.json').read_text()), run.stdout


class Loaded(Proxy):
    """A proxy whose tenant may be loaded; clients are held on the channel "measured"."""

    def __init__(self, source, route):
        super().__init__({'default': (source, [route])}, f'admin_token={TOKEN}')
        setup = json.loads((self.folder / 'plugins.json').read_text())
        setup['tenants'][0]['test'] = True
        (self.folder / 'plugins.json').write_text(json.dumps(setup))

    def plan(self, **more):
        target = {'ingest': f'http://127.0.0.1:{self.events}', 'admin': f'http://127.0.0.1:{self.control}', 'stream': f'http://127.0.0.1:{self.port}/stream',
                  'tenant': 'default', 'key': 'key-of-default', 'token': TOKEN}
        clients = {'stream': 10, 'channels': ['measured']}
        return {'name': 'acceptance', 'target': target, 'baseline': 250, 'steps': [1], 'hold_s': 20, 'ramp_s': 2, 'settle_s': 20, 'clients': clients, **more}


EVENT = {'channel': 'measured', 'content': 'event'}


def gd1(seconds):
    """Baseline 250 events a second, 1x to 8x: all conditions hold, and the report is complete."""
    deno = next((ROOT / 'src/GripProxy.Plugins/runtime/node_modules/@deno').glob('*/deno'), None)
    if deno is None:
        raise SystemExit('no runtime: npm ci --ignore-scripts --prefix src/GripProxy.Plugins/runtime')
    with tempfile.TemporaryDirectory(prefix='gripproxy-acceptance-') as name:
        folder = pathlib.Path(name)
        with open(folder / 'demo.log', 'wb') as log:
            demo = subprocess.Popen([str(PROGRAM), 'demo', '--port', '0', '--control-port', '0', '--origin-port', '0'], cwd=folder, stdout=log, stderr=log,
                                    env={**os.environ, 'PATH': f'{deno.parent}:{os.environ["PATH"]}'})
        try:
            def plan_file():
                return re.search(r'gameday run (\S+)', (folder / 'demo.log').read_text(errors='replace'))
            until(plan_file, 30, 'the demo runs')
            plan = json.loads(pathlib.Path(plan_file()[1]).read_text())
            plan.update(hold_s=seconds / 8, ramp_s=3, settle_s=20, clients={**plan['clients'], 'stream': 200, 'ws': 50, 'long_poll': 50})
            code, report, _ = play(plan, folder)
            files = [(folder / f'report.{kind}').stat().st_size for kind in ('json', 'md', 'html')]
            page = (folder / 'report.html').read_text()
        finally:
            demo.send_signal(signal.SIGTERM)
            demo.wait(30)
    figures = {'exit code': code, 'steps': len(report['steps'])}
    for step in report['steps']:
        one = step['scenarios'][0]
        figures[f'{one["load"]}: accepted of sent'] = f'{one["accepted"]} of {one["scheduled"]}'
        figures[f'{one["load"]}: receipt p50, p99 ms'] = f'{one["publish_ms"]["p50"]}, {one["publish_ms"]["p99"]}'
        figures[f'{one["load"]}: missing, twice, out of order'] = f'{one["missing"]}, {one["duplicates"]}, {one["out_of_order"]}'
    complaints = []
    check(complaints, code == 0 and report['outcome'] == 'held', f'{report["outcome"]}: {report["end_reason"]}')
    check(complaints, len(report['steps']) == 8 and all(files) and page.count('<svg') >= 2, 'the report is not complete')
    return figures, complaints


def gd2(seconds):
    """A plugin that takes 50 ms for each event: the tool stops at the step that is too much and says which condition failed."""
    with Loaded(SLOW, EVENT) as proxy:
        conditions = [{'name': 'keeps up', 'metric': 'ingest.accepted_ratio', 'op': '>=', 'value': 0.999},
                      {'name': 'no backlog', 'metric': 'queue.oldest_s', 'op': '<=', 'value': 5}]
        # Twenty a second are possible: five and ten are not too much, forty are.
        code, report, out = play(proxy.plan(baseline=5, steps=[1, 2, 8, 16], batch={'size': 1}, hold_s=seconds / 3, settle_s=5, conditions=conditions), proxy.folder)
    failed = [(step['step'], one['name'], one['violated_at_s']) for step in report['steps'] for one in step['conditions'] if not one['held']]
    figures = {'exit code': code, 'steps': len(report['steps']), 'highest load that passed': report['highest_passed']['load'], 'failed': failed, 'reason': report['end_reason']}
    complaints = []
    check(complaints, code == 2 and len(report['steps']) == 3, f'exit code {code} after {len(report["steps"])} steps')
    check(complaints, [(step, name) for step, name, _ in failed] == [(3, 'no backlog')], f'failed: {failed}')
    return figures, complaints


def gd3(_):
    """A file with a thousand planted addresses, phone, card and IP numbers comes out with none, events and users as before."""
    def card(number):
        digits = f'4{number:014d}'
        total = sum(int(d) * 2 - 9 * (int(d) > 4) if i % 2 == 0 else int(d) for i, d in enumerate(reversed(digits)))
        return digits + str(-total % 10)
    planted, events = [], []
    for i in range(1000):
        mail, phone, number, address = f'person{i % 90}@mail{i % 90}.example.org', f'+49 170 {5_000_000 + i}', card(i), f'93.{i % 200 + 20}.{i % 250}.{i % 99 + 101}'
        planted += [mail, phone, number, address]
        events.append({'event': f'event {i % 9}', 'distinct_id': mail, 'ip': address, 'timestamp': '2026-03-01T10:00:00Z',
                       'properties': {'$current_url': f'https://shop.test/a?mail={mail.replace("@", "%40")}', 'note': f'{mail} or {phone}, from {address}', 'card': number, 'digits': int(number), 'price': 9.5}})
    rules = {'fields': [{'path': 'properties.$current_url', 'do': 'strip-query'}, {'path': 'properties.note', 'do': 'keep'}, {'path': 'properties.card', 'do': 'keep'}]}
    with tempfile.TemporaryDirectory(prefix='gripproxy-acceptance-') as name:
        folder = pathlib.Path(name)
        (folder / 'in.ndjson').write_text(''.join(json.dumps(one) + '\n' for one in events))
        (folder / 'rules.json').write_text(json.dumps(rules))
        run = subprocess.run([str(PROGRAM), 'gameday', 'anonymise', 'in.ndjson', 'out.ndjson', '--rules', 'rules.json'], cwd=folder, capture_output=True, text=True, check=False)
        if run.returncode:
            raise SystemExit(run.stderr)
        out = (folder / 'out.ndjson').read_bytes()
    made = [json.loads(line) for line in out.splitlines()]
    left = [text for text in set(planted) if text.encode() in out]
    def users(list_):
        return sorted(collections.Counter(one['distinct_id'] for one in list_).values())
    figures = {'planted': len(set(planted)), 'left': len(left), 'events': len(made), 'users': len(users(made))}
    complaints = []
    check(complaints, not left, f'{len(left)} are left, such as {left[:3]}')
    check(complaints, [one['event'] for one in made] == [one['event'] for one in events] and users(made) == users(events), 'names, counts or users differ')
    return figures, complaints


def gd4(_):
    """Stop silences the generator within 2 s; a multiple changed from 2 to 5 is reached within the ramp."""
    with Loaded(LIGHT, EVENT) as proxy:
        (proxy.folder / 'plan.json').write_text(json.dumps(proxy.plan(steps=[2], hold_s=120, ramp_s=4)))
        port, = free_ports(1)
        run = subprocess.Popen([str(PROGRAM), 'gameday', 'run', 'plan.json', '--report', 'report', '--listen', f'127.0.0.1:{port}'],
                               cwd=proxy.folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, text=True)
        address = re.search(r'http://\S+', run.stdout.readline())[0]

        def ask(method, path='', body=None):
            request = urllib.request.Request(address + path, None if body is None else json.dumps(body).encode(), method=method)
            return json.loads(urllib.request.urlopen(request, timeout=30).read())

        def wait(condition):
            begin = time.monotonic()
            while not condition(ask('GET')):
                if time.monotonic() - begin > 60:
                    raise SystemExit(f'not within 60 s: {ask("GET")}')
                time.sleep(0.05)
            return time.monotonic() - begin
        wait(lambda state: state['state'] == 'holding' and state['scenarios'][0]['sent'] >= 480)
        ask('PATCH', body={'multiple': 5})
        wait(lambda state: state['scenarios'][0]['sent'] >= 1200)
        ask('POST', '/stop', {})
        stopped = time.monotonic()
        time.sleep(2)
        log = proxy.log.count('publish channel=measured')
        time.sleep(3)
        later = proxy.log.count('publish channel=measured')
        run.communicate(timeout=60)
        took = time.monotonic() - stopped
        report = json.loads((proxy.folder / 'report.json').read_text())
    # By the generator's own seconds, the first of which that is whole begins up to one later.
    asked = next(float(note.split(' ')[0]) for note in report['notes'] if note.endswith('goes to 5x'))
    reached = next(point[0] for point in report['timeline']['acceptance'] if point[2] >= 1200) - asked
    figures = {'5x reached after, s': reached, 'items in the 3 s that begin 2 s after stop': later - log, 'ended after, s': took}
    complaints = []
    check(complaints, reached <= 5, f'5x was reached after {reached:.1f} s')
    check(complaints, later == log, f'{later - log} items came later than 2 s after stop')
    return figures, complaints


def gd5(seconds):
    """Opens and clicks of stub customers are within a tenth of what was asked, over 5 000 items."""
    asked_open, asked_click = 0.22, 0.35
    stub = {'name': 'campaign', 'listen': 'measured', 'open': asked_open, 'click': asked_click, 'open_delay_s': [0.1, 1], 'click_delay_s': [0.1, 1]}
    route = {'channel': 'measured', 'content': 'event', 'when': {'event': 'email.sent'}}
    with Loaded(LIGHT, route) as proxy:
        source = {'kind': 'synthetic', 'events': ['email.sent'], 'users': 5000}
        plan = proxy.plan(steps=[f'{5000 / seconds:.0f}/s'], hold_s=seconds, ramp_s=0, settle_s=10, source=source, stubs=[stub])
        plan['clients'] = {'stream': 1, 'channels': ['measured']}
        plan['conditions'] = [{'name': 'answers', 'metric': 'stub.rate', 'op': '>', 'value': 0, 'for_s': 60}]
        _, report, _ = play(plan, proxy.folder)
    stubs = report['steps'][0]['scenarios'][0]['stubs']
    opens, clicks = stubs['opens'] / stubs['items'], stubs['clicks'] / max(1, stubs['opens'])
    figures = {'items': stubs['items'], 'opens': stubs['opens'], 'clicks': stubs['clicks'], 'opened': opens, 'clicked of the opened': clicks}
    complaints = []
    check(complaints, stubs['items'] >= 4900, f'{stubs["items"]} items')
    check(complaints, abs(opens / asked_open - 1) <= 0.1 and abs(clicks / asked_click - 1) <= 0.1, f'{opens:.4f} were opened and {clicks:.4f} of them clicked')
    return figures, complaints


def sink(port):
    """A target that takes whatever comes, as cheaply as it can: what is measured is the generator."""
    poll, server = selectors.DefaultSelector(), socket.create_server(('127.0.0.1', port), backlog=512)
    poll.register(server, selectors.EVENT_READ, None)
    while True:
        for key, _ in poll.select():
            if key.data is None:
                poll.register(server.accept()[0], selectors.EVENT_READ, bytearray())
                continue
            piece = key.fileobj.recv(1 << 18)
            if not piece:
                poll.unregister(key.fileobj)
                key.fileobj.close()
                continue
            key.data.extend(piece)
            while (end := key.data.find(b'\r\n\r\n')) >= 0:
                head = bytes(key.data[:end])
                length = re.search(rb'content-length: *(\d+)', head, re.I)
                whole = end + 4 + (int(length[1]) if length else 0)
                if len(key.data) < whole:
                    break
                del key.data[:whole]
                body = b'{"status":1}' if head.startswith(b'POST') else b'{"items":[],"test":true}'
                key.fileobj.sendall(b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s' % (len(body), body))


def gd_rate(seconds):
    """One generator makes 20 000 events a second in batches of 20, none of them late."""
    port, = free_ports(1)
    target = multiprocessing.Process(target=sink, args=(port,), daemon=True)
    target.start()
    address = f'http://127.0.0.1:{port}'
    with tempfile.TemporaryDirectory(prefix='gripproxy-acceptance-') as name:
        plan = {'name': 'rate', 'target': {'ingest': address, 'admin': address, 'tenant': 't', 'key': 'key-of-t'}, 'baseline': 20_000, 'steps': [1], 'hold_s': seconds, 'ramp_s': 2, 'settle_s': 5}
        code, report, _ = play(plan, pathlib.Path(name))
    target.kill()
    one = report['steps'][0]['scenarios'][0]
    figures = {'exit code': code, 'events a second': one['reached_rate'], 'accepted of sent': f'{one["accepted"]} of {one["scheduled"]}', 'late': one['generator_lag'],
               'answer p50, p99 ms': f'{one["ingest_ms"]["p50"]}, {one["ingest_ms"]["p99"]}'}
    complaints = []
    check(complaints, one['reached_rate'] >= 19_800, f'{one["reached_rate"]:.0f} events a second')
    check(complaints, one['generator_lag'] == 0 and one['accepted'] == one['scheduled'], 'some were late or not accepted')
    return figures, complaints


RUNS = {'GD-RATE': (gd_rate, 20), 'GD-1': (gd1, 160), 'GD-2': (gd2, 90), 'GD-3': (gd3, 0), 'GD-4': (gd4, 0), 'GD-5': (gd5, 20)}
