"""Clients that come, follow a channel, check what they get, leave in one way or another and come again."""
import asyncio
import json
import random

import wire
from gripkit import ws
from state import Follower

BROKEN = (OSError, asyncio.IncompleteReadError, wire.Refused)
RECORD = '\x1e'  # ends each message of SignalR


class Client:
    """One client after the other, all of one kind. `stay` is how long one follows, in seconds."""

    kind = ''
    needs_origin = False  # whether a dead origin may end a connection that is there already

    def __init__(self, soak, port, channel, stay, seed):
        self.soak, self.port, self.channel, self.stay, self.random = soak, port, channel, stay, random.Random(seed)

    async def run(self):
        while not self.soak.over.is_set():
            await self.soak.pause(self.random.uniform(0, self.stay / 4))
            if self.soak.over.is_set():
                return
            follower = Follower(self.soak, self.channel, self.kind)
            try:
                async with asyncio.timeout(wire.PATIENCE):
                    connection = await self.open(follower)
            except (*BROKEN, TimeoutError) as error:
                self.refused(error)
                continue
            self.soak.counts[f'connections {self.kind}'] += 1
            await self.follow(connection, follower)

    async def follow(self, connection, follower):
        reading = asyncio.create_task(self.read(connection, follower))
        ending = asyncio.create_task(self.soak.pause(self.random.uniform(self.stay / 2, self.stay)))
        await asyncio.wait([reading, ending], return_when=asyncio.FIRST_COMPLETED)
        if not reading.done():
            catching = asyncio.create_task(follower.caught_up(wire.PATIENCE))
            await asyncio.wait([reading, catching], return_when=asyncio.FIRST_COMPLETED)
            catching.cancel()
        ending.cancel()
        cut = reading.done()
        reading.cancel()
        error = (await asyncio.gather(reading, return_exceptions=True))[0]
        if cut:
            self.soak.counts[f'cut {self.kind}'] += 1
            if not (self.needs_origin and self.soak.disturbed()):
                self.soak.fault(f'{self.kind}: the proxy ended a connection: {error!r}')
        try:
            async with asyncio.timeout(wire.PATIENCE):
                await self.leave(connection)
        except (*BROKEN, TimeoutError):
            pass  # it has ended already

    def refused(self, error):
        self.soak.counts['refused'] += 1
        if not self.soak.disturbed():
            self.soak.fault(f'{self.kind}: refused although the origins live: {error!r}')

    async def leave(self, connection):
        """Half of the clients end in order, the others with a reset."""
        writer = connection.writer if hasattr(connection, 'writer') else connection.w
        writer.transport.abort() if self.random.random() < 0.5 else writer.close()


class StreamClient(Client):
    kind = 'stream'
    path = 'stream'

    async def open(self, follower):
        connection = await asyncio.open_connection('127.0.0.1', self.port)
        answer = await wire.ask(connection, 'GET', f'/{self.path}/{self.channel.name}')
        if answer.status != 200:
            connection[1].close()
            raise wire.Refused(f'{answer.status}')
        answer.rest = b''
        await self.ready(answer)
        follower.begin()
        return answer

    async def ready(self, answer):
        while b'ready' not in answer.rest:
            answer.rest += await answer.piece() or b''
        answer.rest = answer.rest.partition(b'ready')[2].lstrip(b'\n')

    async def read(self, answer, follower):
        while True:
            *lines, answer.rest = answer.rest.split(b'\n')
            for text in lines:
                text = text.removeprefix(b'data: ')
                if text and not text.startswith(b':'):
                    follower.take(text.decode())
            piece = await answer.piece()
            if piece is None:
                raise wire.Refused('the end of the stream')
            answer.rest += piece


class EventsClient(StreamClient):
    kind = 'sse'
    path = 'sse'


class PollClient(Client):
    """Polls over one connection; whatever is published between two polls has to come too."""

    kind = 'poll'
    needs_origin = True

    async def open(self, follower):
        connection = await asyncio.open_connection('127.0.0.1', self.port)
        follower.begin(after=self.channel.begun)
        answer = wire.Answer(*connection, 0, {})
        return answer

    async def read(self, connection, follower):
        while True:
            answer = await wire.ask((connection.reader, connection.writer), 'GET', f'/poll/{self.channel.name}?last={follower.last}')
            body = await answer.body()
            if answer.status != 200:
                if not self.soak.disturbed():
                    raise wire.Refused(f'{answer.status}')
                self.soak.counts['refused'] += 1
                await self.soak.pause(1)
                continue
            self.soak.counts['polls'] += 1
            for text in body.decode().splitlines():
                follower.take(text)


class WebSocketClient(Client):
    kind = 'websocket'
    needs_origin = True

    async def open(self, follower):
        socket = await wire.upgrade(self.port, f'/ws/{self.channel.name}')
        if await self.text(socket) != 'ready':
            raise wire.Refused('the first message was not the origin\'s')
        follower.begin()
        return socket

    async def text(self, socket):
        while True:
            kind, content, _ = await socket.recv_frame(timeout=None)
            if kind == ws.TEXT:
                return content.decode()
            if kind == ws.CLOSE:
                raise wire.Refused(f'closed: {content!r}')

    async def read(self, socket, follower):
        asked = 0
        while True:
            text = await self.text(socket)
            if text.startswith('echo'):
                asked -= 1
                self.soak.counts['echoes'] += 1
            else:
                follower.take(text)
                if asked == 0 and self.random.random() < 0.1:
                    asked += 1
                    await socket.text(f'echo {follower.last}')

    async def leave(self, socket):
        if self.random.random() < 0.5:
            return socket.w.transport.abort()
        await socket.close_with(1000)
        while True:
            kind, _, _ = await socket.recv_frame(timeout=None)
            if kind == ws.CLOSE:
                return socket.w.close()


class SignalRClient(Client):
    kind = 'signalr'
    needs_origin = True

    async def open(self, follower):
        socket = await wire.upgrade(self.port, '/signalr')
        socket.rest = ''
        await socket.text(json.dumps({'protocol': 'json', 'version': 1}) + RECORD)
        await self.message(socket)
        await socket.text(json.dumps({'type': 1, 'invocationId': '1', 'target': 'Subscribe', 'arguments': [self.channel.name, {}]}) + RECORD)
        while (message := await self.message(socket)).get('type') != 3:
            if message.get('target') == 'item':
                follower.take(message['arguments'][1]['content'])
        if 'error' in message:
            socket.w.close()
            raise wire.Refused(message['error'])
        follower.begin()
        return socket

    async def message(self, socket):
        while RECORD not in socket.rest:
            kind, content, _ = await socket.recv_frame(timeout=None)
            if kind == ws.CLOSE:
                raise wire.Refused(f'closed: {content!r}')
            if kind in (ws.TEXT, ws.CONT):
                socket.rest += content.decode()
        text, _, socket.rest = socket.rest.partition(RECORD)
        return json.loads(text)

    async def read(self, socket, follower):
        while True:
            message = await self.message(socket)
            if message.get('type') == 7:
                raise wire.Refused(f'closed: {message.get("error")}')
            if message.get('target') == 'item':
                follower.take(message['arguments'][1]['content'])
            elif message.get('type') == 6:
                await socket.text('{"type":6}' + RECORD)


KINDS = {kind.kind: kind for kind in (StreamClient, EventsClient, PollClient, WebSocketClient, SignalRClient)}
