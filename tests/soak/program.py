"""The proxy of a soak: a process in a folder of its own, what it takes, and what it says of itself."""
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / 'tests' / 'acceptance'))
import rig  # noqa: E402

CONFIGURATION = '''[runner]
http_port=127.0.0.1:{port}
log_level=1
[proxy]
routesfile=routes
sig_key=a key of the soak
[handler]
push_in_http_addr=127.0.0.1
push_in_http_port={control}
prometheus_port=127.0.0.1:{metrics}
update_on_first_subscription=false
stats_report_interval=0
subscription_linger=2
[client]
h2c=true
[signalr]
path=/signalr
[channel:*]
queue_bytes=262144
'''
SAMPLE = re.compile(r'^(\w+)(\{[^}]*\})? (\S+)$', re.M)


class Program:
    def __init__(self, path, targets):
        if not pathlib.Path(path).exists():
            raise SystemExit(f'{path} is not there: dotnet build proxy -c Release')
        self.path, self.folder = path, pathlib.Path(tempfile.mkdtemp(prefix='gripproxy-soak-'))
        self.port, self.control, self.metrics = rig.free_ports(3)
        self.routes = '\n'.join(f'*,path_beg=/ws/ {" ".join(t + ",over_http" for t in targets)}\n* {" ".join(targets)}'.splitlines()) + '\n'
        (self.folder / 'routes').write_text(self.routes)
        (self.folder / 'gripproxy.conf').write_text(CONFIGURATION.format(port=self.port, control=self.control, metrics=self.metrics))
        self.process = None

    def __enter__(self):
        with open(self.folder / 'log', 'ab') as log:
            self.process = subprocess.Popen([str(self.path), '--config=gripproxy.conf'], cwd=self.folder, stdout=log, stderr=log)
        try:
            rig.until(lambda: rig.reachable(self.port) and rig.reachable(self.control) and rig.reachable(self.metrics), 30, 'the proxy listens', self)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(60)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        shutil.rmtree(self.folder)

    def story(self):
        """The end of the log."""
        return '\n'.join((self.folder / 'log').read_text(errors='replace').splitlines()[-30:])

    def memory(self):
        return rig.memory(self.process.pid)

    def descriptors(self):
        return len(os.listdir(f'/proc/{self.process.pid}/fd'))

    def processor_seconds(self):
        return rig.processor_seconds(self.process.pid)

    def figures(self):
        """Its metrics: name -> the sum of all series, and name{labels} -> value."""
        with urllib.request.urlopen(f'http://127.0.0.1:{self.metrics}/', timeout=30) as answer:
            text = answer.read().decode()
        figures = {}
        for name, labels, value in SAMPLE.findall(text):
            figures[name] = figures.get(name, 0) + float(value)
            if labels:
                figures[name + labels] = float(value)
        return figures

    def held(self):
        """What it says that it still holds: connections, channels, bytes in queues."""
        with urllib.request.urlopen(f'http://127.0.0.1:{self.control}/v1/connections?limit=1', timeout=30) as answer:
            listed = len(json.loads(answer.read())['items'])
        figures = self.figures()
        names = {'holds': 'gripproxy_holds', 'channels': 'gripproxy_channels', 'queue bytes': 'gripproxy_queue_bytes', 'sequencer': 'gripproxy_sequencer_waiting'}
        return {'listed connections': listed, **{name: int(figures.get(metric, 0)) for name, metric in names.items()}}

    def at_rest(self, seconds=60):
        """Waits until nothing is held any more; gives what still was if that does not come."""
        end = time.monotonic() + seconds
        while any((held := self.held()).values()) and time.monotonic() < end:
            time.sleep(0.5)
        return held
