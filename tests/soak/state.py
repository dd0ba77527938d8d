"""What publishers, origins and clients of a soak have in common: channels with numbered items, and what went wrong."""
import asyncio
import collections
import time


class Channel:
    """Items numbered from 1. `begun` is the last that was sent to the proxy, `accepted` the last that it has taken."""

    def __init__(self, name):
        self.name, self.begun, self.accepted = name, 0, 0


class Soak:
    def __init__(self):
        self.channels = {}
        self.counts = collections.Counter()
        self.faults = []
        self.over = asyncio.Event()
        self.killed = float('-inf')
        self.dead_for = 0

    def fault(self, text):
        self.counts['faults'] += 1
        if len(self.faults) < 50:
            self.faults.append(text)

    def disturbed(self):
        """Whether an origin is dead or was until a moment ago, so that what needs it may fail."""
        return time.monotonic() - self.killed < self.dead_for + 15

    async def pause(self, seconds):
        """Waits, but not beyond the end of the run."""
        try:
            await asyncio.wait_for(self.over.wait(), seconds)
        except TimeoutError:
            pass


class Follower:
    """What one client got of one channel. Whatever is published while it follows has to come once and in order."""

    def __init__(self, soak, channel, kind):
        self.soak, self.channel, self.kind = soak, channel, kind
        self.oldest = None
        self.last = None
        self.news = asyncio.Event()

    def begin(self, after=None):
        """From now on everything has to come; `after` is the last item that the client has already."""
        self.oldest = self.channel.begun + 1
        if after is not None:
            self.last = after

    def take(self, text):
        name, _, number = text.rpartition(' ')
        number = int(number)
        if name != self.channel.name:
            return self.soak.fault(f'{self.kind}: {text!r} came on {self.channel.name}')
        if self.last is not None and number <= self.last:
            return self.soak.fault(f'{self.kind}: {text!r} came after {self.last}: doubled or out of order')
        if self.last is not None and number != self.last + 1 or self.last is None and self.oldest is not None and number > self.oldest:
            self.soak.counts['missing'] += number - (self.oldest if self.last is None else self.last + 1)
            self.soak.fault(f'{self.kind}: {text!r} came after {self.last}, followed from {self.oldest}: something is missing')
        self.last = number
        self.soak.counts[f'received {self.kind}'] += 1
        self.news.set()

    async def caught_up(self, seconds):
        """Waits until everything that the proxy has accepted so far has come."""
        goal = self.channel.accepted
        if self.oldest is None or goal < self.oldest:
            return
        try:
            async with asyncio.timeout(seconds):
                while (self.last or 0) < goal:
                    self.news.clear()
                    await self.news.wait()
        except TimeoutError:
            self.soak.counts['missing'] += goal - (self.last or self.oldest - 1)
            self.soak.fault(f'{self.kind}: {self.channel.name} {goal} did not come within {seconds} s; the last was {self.last}')
