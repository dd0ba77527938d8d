"""Criteria of throughput, latency and memory."""
import statistics
import time
import urllib.request

from rig import LIGHT, ROUTE, Proxy, Readers, Sender, hold_quiet, memory, percentile, processor_seconds, until

DRAIN = 20  # seconds after the last event
TENANTS = 100
IDLE = 70  # seconds after which an idle cell ends; by then all are loaded and measured


def check(complaints, is_met, text):
    if not is_met:
        complaints.append(text)


def load(rate, batch, seconds, path):
    """One light plugin, 1 000 quiet streams and 10 on the measured channel: (figures, complaints, latencies in ms)."""
    figures, complaints = {}, []
    with Proxy({'default': (LIGHT, [ROUTE])}) as proxy:
        quiet = hold_quiet(proxy.port)
        warm = Sender(proxy.events, 100, 1, 2, '/capture/', 'key-of-default', first=100_000_000)
        warm.start()
        warm.results()
        sender = Sender(proxy.events, rate, batch, seconds, path, 'key-of-default')
        readers = Readers(proxy.port, 10, sender.accepted).begin()
        cells = proxy.cells()
        before = {pid: processor_seconds(pid) for pid in [proxy.process.pid, *cells]}
        begin = time.monotonic()
        sender.start()
        answers, refused, failures = sender.results()
        took = time.monotonic() - begin
        accepted = sum(count for _, count, _, _ in answers)
        stop = time.monotonic()
        while readers.received.value < accepted and time.monotonic() - stop < DRAIN:
            time.sleep(0.02)
        drained = time.monotonic() - stop
        used = {pid: processor_seconds(pid) - was for pid, was in before.items()}
        figures['memory of the proxy, MiB'] = memory(proxy.process.pid) / 2**20
        figures['memory of the cell, MiB'] = sum(memory(pid) for pid in cells) / 2**20
        got, differences, times, backlog = readers.finish()
        for client in quiet:
            client.close()
    offered = int(rate * seconds)
    lost = sum(1 for first, count, _, _ in answers for n in range(first, first + count) if n not in got)
    latencies = [1000 * max(0.0, times[n] - answered) for first, count, _, answered in answers for n in range(first, first + count) if n in times]
    figures.update({
        'events accepted': accepted, 'events a second': accepted / took, 'answers other than 200': len(refused), 'requests without answer': failures,
        'events lost': lost, 'differences between the ten clients': sum(differences), 'most events not yet delivered': max(backlog, default=0),
        'seconds until all were delivered': drained, 'accepted to received, p50 ms': percentile(latencies, 50), 'accepted to received, p99 ms': percentile(latencies, 99),
        'processors of the proxy': used[proxy.process.pid] / took, 'processors of the cell': sum(used[pid] for pid in cells) / took,
    })
    check(complaints, accepted >= 0.99 * offered, f'{accepted} of {offered} events were accepted')
    check(complaints, not refused and not failures, f'{len(refused)} refused (first: {refused[:1]}), {failures} failed')
    check(complaints, lost == 0 and sum(differences) == 0, f'{lost} accepted events were not delivered, the clients differ in {sum(differences)}')
    later, earlier = backlog[3 * len(backlog) // 4:], backlog[len(backlog) // 4:len(backlog) // 2]
    if later and earlier:
        figures['not yet delivered, second and last quarter'] = f'{statistics.mean(earlier):.0f}, {statistics.mean(later):.0f}'
        check(complaints, statistics.mean(later) <= 2 * statistics.mean(earlier) + rate / 2, 'the queue grows')
    return figures, complaints


def thr1(seconds):
    """10 000 events a second through /batch/ in batches of 100: nothing lost, the queue does not grow."""
    return load(10_000, 100, seconds, '/batch/')


def thr2(seconds):
    """3 000 requests a second with one event each through /capture/."""
    return load(3_000, 1, seconds, '/capture/')


def lat1(seconds):
    """From accepted to received at 2 000 events a second: p50 at most 10 ms, p99 at most 50 ms."""
    figures, complaints = load(2_000, 20, seconds, '/batch/')
    for name, limit in (('p50', 10), ('p99', 50)):
        value = figures[f'accepted to received, {name} ms']
        check(complaints, value <= limit, f'{name} is {value:.1f} ms, expected at most {limit}')
    return figures, complaints


def mem1(seconds):
    """Plugins enabled with nothing installed add at most 15 MiB to the proxy."""
    figures = {}
    for name, enabled in (('without plugins, MiB', False), ('with plugins, MiB', True)):
        sizes = []
        for _ in range(3):
            with Proxy(enabled=enabled) as proxy:
                time.sleep(seconds / 6)
                sizes.append(memory(proxy.process.pid) / 2**20)
        figures[name] = statistics.median(sizes)
    added = figures['with plugins, MiB'] - figures['without plugins, MiB']
    figures['added, MiB'] = added
    return figures, [] if added <= 15 else [f'{added:.1f} MiB were added, expected at most 15']


def settled(pid, seconds, most):
    """Private bytes of a process once they have stayed within 1 MiB for some seconds; None if they have not."""
    samples, end = [], time.monotonic() + most
    while time.monotonic() < end:
        samples.append(memory(pid))
        time.sleep(0.5)
        recent = samples[-int(2 * seconds):]
        if len(recent) == int(2 * seconds) and max(recent) - min(recent) <= 2**20:
            return statistics.median(recent)
    return None


def send_one(proxy, tenant, number):
    body = f'{{"api_key":"key-of-{tenant}","event":"reading","distinct_id":"d","properties":{{"n":{number}}}}}'.encode()
    request = urllib.request.Request(f'http://127.0.0.1:{proxy.events}/capture/', body, {'Content-Type': 'application/json'})
    urllib.request.urlopen(request, timeout=30).read()


def mem2(seconds):
    """100 tenants with an idle loaded plugin each: at most 2.5 GiB private in all, and at most 50 MiB more than before once their cells ended."""
    figures, complaints = {}, []
    names = [f't{i:03}' for i in range(TENANTS)]
    with Proxy({name: (LIGHT, [ROUTE]) for name in names}, f'worker_idle_s={IDLE}') as proxy:
        readers = Readers(proxy.port, 1).begin()
        before = settled(proxy.process.pid, seconds, 6 * seconds)
        check(complaints, before and not proxy.cells(), 'the proxy had not come to rest before the first event')
        begin = time.monotonic()
        for i, name in enumerate(names):
            send_one(proxy, name, i)
            if i % 10 == 9:  # ten cells start at a time; what a client received has passed a plugin that is loaded
                until(lambda: readers.received.value > i, IDLE, f'{i + 1} events passed their plugins', proxy)
        figures['seconds until all were loaded'] = time.monotonic() - begin
        loaded = settled(proxy.process.pid, seconds / 2, max(seconds, IDLE - 10 - figures['seconds until all were loaded']))
        cells = proxy.cells()
        each = [memory(pid) for pid in cells]
        figures['cells'] = len(cells)
        check(complaints, loaded, 'the proxy had not come to rest while all were loaded')
        check(complaints, len(cells) == TENANTS == len(proxy.cells()), f'{len(cells)} cells run, expected {TENANTS}')
        until(lambda: not proxy.cells(), 2 * IDLE, 'idle cells end', proxy)
        after = settled(proxy.process.pid, seconds, 6 * seconds)
        check(complaints, after, 'the proxy had not come to rest after the cells ended')
        readers.finish()
    if not (before and loaded and after and each):
        return figures, complaints
    total = (loaded + sum(each)) / 2**20
    figures.update({
        'the proxy before, MiB': before / 2**20, 'the proxy with all loaded, MiB': loaded / 2**20, 'a cell (median), MiB': statistics.median(each) / 2**20,
        'the largest cell, MiB': max(each) / 2**20, 'all together, MiB': total, 'the proxy after the cells ended, MiB': after / 2**20, 'more than before, MiB': (after - before) / 2**20,
    })
    check(complaints, total <= 2560, f'{total:.0f} MiB in all, expected at most 2560')
    check(complaints, after - before <= 50 * 2**20, f'{(after - before) / 2**20:.1f} MiB more than before, expected at most 50')
    return figures, complaints


RUNS = {'G-THR-1': (thr1, 60), 'G-THR-2': (thr2, 60), 'G-LAT-1': (lat1, 60), 'G-MEM-1': (mem1, 30), 'G-MEM-2': (mem2, 8)}
