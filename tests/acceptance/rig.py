"""What the acceptance runs need: a proxy with plugins in a folder of its own, senders of events, and held clients. Linux only."""
import glob
import json
import multiprocessing
import os
import pathlib
import re
import selectors
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PROGRAM = ROOT / 'proxy' / 'bin' / 'Release' / 'net10.0' / 'gripproxy'
LIGHT = 'export function processEvent(event) { event.properties.seen = 1; return event }'
ROUTE = {'channel': 'measured', 'template': 'n={properties.n};', 'formats': ['http-stream']}
MORE_KEYS = []  # of [plugins], from the command line
ON_REDIS = False  # True: what plugins share is on a Redis of the run
NODES = 1  # proxies that share it
ITEM = re.compile(rb'n=(\d+);')


def free_ports(count):
    sockets = [socket.create_server(('127.0.0.1', 0)) for _ in range(count)]
    ports = [s.getsockname()[1] for s in sockets]
    for s in sockets:
        s.close()
    return ports


def tenant(name, source, routes):
    plugins = [] if source is None else [{'path': f'{name}-plugin', 'enabled': True}]
    return {'name': name, 'keys': [{'kind': 'ingest', 'value': f'key-of-{name}'}], 'channel_prefix': '', 'routes': routes, 'plugins': plugins}


class Redis:
    """A redis-server that loses nothing it has answered to, in a folder."""

    def __init__(self, folder):
        self.folder, (self.port,) = folder, free_ports(1)
        self.process = None

    def start(self):
        arguments = ['--port', str(self.port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'yes', '--appendfsync', 'always', '--dir', str(self.folder)]
        with open(self.folder / 'redis.log', 'ab') as log:
            self.process = subprocess.Popen(['redis-server', *arguments], stdout=log, stderr=log)
        until(self.serves, 30, 'redis-server serves')

    def serves(self):
        try:
            with socket.create_connection(('127.0.0.1', self.port), 1) as connection:
                connection.sendall(b'PING\r\n')
                return connection.recv(16).startswith(b'+PONG')
        except OSError:
            return False

    def kill(self):
        self.process.kill()
        self.process.wait(30)


class Other:
    """A further node of the proxy's cluster, in a folder of its own."""

    def __init__(self, folder, port, control, events):
        self.folder, self.port, self.control, self.events, self.process = folder, port, control, events, None

    def start(self):
        with open(self.folder / 'log', 'ab') as log:
            self.process = subprocess.Popen([str(PROGRAM), '--config=gripproxy.conf'], cwd=self.folder, stdout=log, stderr=log)
        until(lambda: reachable(self.port) and reachable(self.control), 30, f'{self.folder.name} listens')

    def end(self, how):
        self.process.send_signal(how)
        self.process.wait(30)


class Proxy:
    """A proxy whose clients are held on the channel "measured", or on "quiet" where they ask the host quiet.test."""

    def __init__(self, tenants=None, options='', enabled=True):
        """tenants: name -> (source of its plugin or None, routes)."""
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix='gripproxy-acceptance-'))
        self.port, self.control, self.events = free_ports(3)
        self.others = [Other(self.folder / f'node{i}', *free_ports(3)) for i in range(1, NODES)]
        deno = (glob.glob(str(ROOT / 'src/GripProxy.Plugins/runtime/node_modules/@deno/*/deno')) or [''])[0]
        for name, (source, _) in (tenants or {}).items():
            if source is not None:
                (self.folder / f'{name}-plugin').mkdir()
                (self.folder / f'{name}-plugin' / 'plugin.json').write_text(json.dumps({'name': f'{name}-plugin'}))
                (self.folder / f'{name}-plugin' / 'index.js').write_text(source)
        (self.folder / 'plugins.json').write_text(json.dumps({'tenants': [tenant(n, s, r) for n, (s, r) in (tenants or {}).items()]}))
        keys = '\n'.join(MORE_KEYS)
        config = 'config_file=plugins.json\n' if tenants else ''
        self.process = None
        self.redis = Redis(self.folder) if ON_REDIS or self.others else None
        shared = f'[cluster]\nredis=127.0.0.1:{self.redis.port}\n[plugins]\nsecret_key=acceptance-acceptance-acceptance\n' if self.redis else ''
        for node in [self, *self.others]:
            node.folder.mkdir(exist_ok=True)
            (node.folder / 'routes').write_text('quiet.test test,sub=quiet\n* test,sub=measured\n')
            (node.folder / 'gripproxy.conf').write_text(
                f'[runner]\nhttp_port=127.0.0.1:{node.port}\n[proxy]\nroutesfile=routes\nsig_key=acceptance\n'
                f'[handler]\npush_in_http_addr=127.0.0.1\npush_in_http_port={node.control}\n'
                f'[plugins]\nenabled={"true" if enabled else "false"}\ndata=data\nruntime_path={deno}\n{config if node is self else ""}{options}\n{keys}\n'
                f'[events]\nlisten=127.0.0.1:{node.events}\n[channel:*]\nqueue_bytes=67108864\n{shared}')

    def __enter__(self):
        if self.redis:
            self.redis.start()
        self.start()
        return self

    def __exit__(self, *_):
        self.end(signal.SIGTERM)
        if self.redis:
            self.redis.kill()
        shutil.rmtree(self.folder)

    @property
    def log(self):
        return (self.folder / 'log').read_text(errors='replace')

    def story(self):
        """The last lines of the log that are not about single items."""
        return '\n'.join([line for line in self.log.splitlines() if ' publish channel=' not in line][-30:])

    def start(self):
        if not PROGRAM.exists():
            raise SystemExit(f'{PROGRAM} is not there: dotnet build proxy -c Release')
        with open(self.folder / 'log', 'ab') as log:
            self.process = subprocess.Popen([str(PROGRAM), '--config=gripproxy.conf'], cwd=self.folder, stdout=log, stderr=log)
        until(lambda: reachable(self.port) and reachable(self.control), 30, 'the proxy listens', self)
        for other in self.others:
            other.start()

    def end(self, how):
        for other in self.others:
            other.end(how)
        if self.process.poll() is None:
            self.process.send_signal(how)
        self.process.wait(30)

    def cells(self):
        """Process ids of the cells."""
        children = pathlib.Path(f'/proc/{self.process.pid}/task').glob('*/children')
        pids = [int(pid) for file in children for pid in file.read_text().split()]
        return [pid for pid in pids if b'cell/main.js' in command_line(pid)]

    def publish(self, channel, content):
        item = {'items': [{'channel': channel, 'formats': {'http-stream': {'content': content}}}]}
        request = urllib.request.Request(f'http://127.0.0.1:{self.control}/publish/', json.dumps(item).encode(), {'Content-Type': 'application/json'})
        urllib.request.urlopen(request, timeout=30).read()


def command_line(pid):
    try:
        return pathlib.Path(f'/proc/{pid}/cmdline').read_bytes()
    except OSError:
        return b''  # it has ended meanwhile


def until(condition, seconds, what, proxy=None):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end or (proxy and proxy.process.poll() is not None):
            ended = f'; the proxy ended with {proxy.process.returncode}' if proxy and proxy.process.poll() is not None else ''
            raise SystemExit(f'{what}: not within {seconds} s{ended}' + ('\n' + proxy.story() if proxy else ''))
        time.sleep(0.02)


def reachable(port):
    try:
        socket.create_connection(('127.0.0.1', port), 1).close()
        return True
    except OSError:
        return False


def memory(pid):
    """Private bytes of a process."""
    text = pathlib.Path(f'/proc/{pid}/smaps_rollup').read_text()
    return 1024 * sum(int(kilobytes) for kilobytes in re.findall(r'^Private_\w+:\s+(\d+)', text, re.M))


def processor_seconds(pid):
    fields = pathlib.Path(f'/proc/{pid}/stat').read_text().rpartition(')')[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf('SC_CLK_TCK')


def percentile(values, percent):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))] if ordered else float('nan')


def hold(port, host):
    client = socket.create_connection(('127.0.0.1', port), 30)
    client.sendall(f'GET /stream HTTP/1.1\r\nHost: {host}\r\n\r\n'.encode())
    head = b''
    while b'\r\n\r\n' not in head:
        piece = client.recv(4096)
        if not piece:
            raise SystemExit(f'a client was not held: {head!r}')
        head += piece
    if b' 200 ' not in head.partition(b'\r\n')[0]:
        raise SystemExit(f'a client was not held: {head!r}')
    return client


def hold_quiet(port, count=1000):
    return [hold(port, 'quiet.test') for _ in range(count)]


class Sender(multiprocessing.Process):
    """Sends numbered events at a rate. After join: answers (first number, count, sent, answered; seconds of the monotonic clock), refused texts, failures."""

    def __init__(self, port, rate, batch, seconds, path, key, connections=16, first=0):
        super().__init__(daemon=True)
        self.plan = port, rate, batch, seconds, path, key, connections, first
        self.accepted = multiprocessing.Value('q', 0)
        self.mine, self.theirs = multiprocessing.Pipe(duplex=False)

    def run(self):
        port, rate, batch, seconds, path, key, connections, first = self.plan
        sockets = [None] * connections
        answers, refused, failures, sent, number = [], [], 0, 0, first
        begin = time.monotonic()
        while (now := time.monotonic()) - begin < seconds:
            burst = min(int((now - begin) * rate / batch) - sent, connections)
            under_way = []
            for i in range(burst):
                at = time.monotonic()
                request = self.request(path, key, number, batch)
                number, sent = number + batch, sent + 1
                try:
                    sockets[i] = sockets[i] or socket.create_connection(('127.0.0.1', port), 30)
                    sockets[i].sendall(request)
                    under_way.append((i, number - batch, at))
                except OSError:
                    failures, sockets[i] = failures + 1, None
            for i, event, at in under_way:
                try:
                    answer = self.answer(sockets[i])
                except OSError:
                    failures, sockets[i] = failures + 1, None
                    continue
                if answer.startswith(b'HTTP/1.1 200'):
                    answers.append((event, batch, at, time.monotonic()))
                    self.accepted.value += batch
                else:
                    refused.append(answer.partition(b'\r\n')[0].decode())
            time.sleep(0.001 if burst else 0.002)
        self.theirs.send((answers, refused, failures))

    def results(self):
        answers = self.mine.recv()
        self.join()
        return answers

    @staticmethod
    def request(path, key, number, batch):
        events = [f'{{"event":"reading","distinct_id":"d{n % 1000}","properties":{{"n":{n}}}}}' for n in range(number, number + batch)]
        body = f'{{"api_key":"{key}","batch":[{",".join(events)}]}}' if path == '/batch/' else f'{{"api_key":"{key}",{events[0][1:]}'
        return f'POST {path} HTTP/1.1\r\nHost: events\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}'.encode()

    @staticmethod
    def answer(connection):
        data = b''
        while True:
            piece = connection.recv(65536)
            if not piece:
                raise OSError('closed')
            data += piece
            head, end, body = data.partition(b'\r\n\r\n')
            length = re.search(rb'\r\ncontent-length: *(\d+)', head, re.I)
            if end and ((length and len(body) >= int(length[1])) or (not length and body.endswith(b'0\r\n\r\n'))):
                return data


class Readers(multiprocessing.Process):
    """Clients held on "measured". 

    After finish: the numbers that the first one got, in how many each other differs, when (number -> seconds of the monotonic clock), and how
    many accepted events had not come, each second.
    """

    def __init__(self, port, count, accepted=None):
        super().__init__(daemon=True)
        self.port, self.count, self.accepted = port, count, accepted
        self.received = multiprocessing.Value('q', 0)
        self.over = multiprocessing.Event()
        self.held = multiprocessing.Event()
        self.mine, self.theirs = multiprocessing.Pipe(duplex=False)

    def run(self):
        poll = selectors.DefaultSelector()
        seen = [set() for _ in range(self.count)]
        tails = [b''] * self.count
        times, backlog, sampled = {}, [], time.monotonic()
        for i in range(self.count):
            poll.register(hold(self.port, 'measured.test'), selectors.EVENT_READ, i)
        self.held.set()
        while not self.over.is_set():
            for ready, _ in poll.select(0.05):
                i = ready.data
                try:
                    piece = ready.fileobj.recv(1 << 18)
                except OSError:
                    piece = b''
                if not piece:
                    poll.unregister(ready.fileobj)
                    tails[i] = b''
                    continue
                text = tails[i] + piece
                tails[i] = text[text.rfind(b';') + 1:]
                numbers = [int(number) for number in ITEM.findall(text)]
                seen[i].update(numbers)
                if i == 0:
                    now = time.monotonic()
                    for number in numbers:
                        times.setdefault(number, now)
                    self.received.value = len(seen[0])
            if self.accepted is not None and time.monotonic() - sampled >= 1:
                sampled = time.monotonic()
                backlog.append(self.accepted.value - len(seen[0]))
        self.theirs.send((seen[0], [len(other ^ seen[0]) for other in seen], times, backlog))

    def begin(self):
        self.start()
        if not self.held.wait(60):
            raise SystemExit('the clients were not held')
        return self

    def finish(self):
        self.over.set()
        results = self.mine.recv()
        self.join()
        return results
