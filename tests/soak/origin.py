"""The origin of a soak. It answers with holds, fails when told to, and knows what has been published, so a long-poll that missed something gets it at once."""
import asyncio
import json
import urllib.parse

import wire

WEBSOCKET_EVENTS = 'application/websocket-events'


class Origin:
    """One target of the routes. It can be killed: its port closes and all its connections end, in the middle of answers too."""

    def __init__(self, soak, port):
        self.soak, self.port, self.server = soak, port, None
        self.serving = {}  # the task of each connection, and its writer

    async def start(self):
        self.server = await asyncio.start_server(self._serve, '127.0.0.1', self.port)

    async def kill(self):
        self.server.close()
        for writer in self.serving.values():
            writer.transport.abort()
        if self.serving:
            await asyncio.wait(list(self.serving))

    async def _serve(self, reader, writer):
        self.serving[asyncio.current_task()] = writer
        try:
            while (found := await wire.head(reader)) is not None:
                first, headers = found
                body = await reader.readexactly(int(headers.get('content-length', '0')))
                if 'chunked' in headers.get('transfer-encoding', ''):
                    body = await wire.Answer(reader, writer, 200, headers).body()
                self.soak.counts['origin requests'] += 1
                writer.write(self._answer(first.split()[1], headers, body))
                await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            pass  # the proxy has ended the connection, or the origin was killed
        finally:
            del self.serving[asyncio.current_task()]
            writer.close()

    def _answer(self, target, headers, body):
        if headers.get('content-type', '').startswith(WEBSOCKET_EVENTS):
            return self._events(target, body)
        path, _, query = target.partition('?')
        _, kind, name = path.split('/')
        if kind == 'plain':
            return _response('text/plain', b'plain\n')
        if kind == 'poll':
            return self._poll(name, int(urllib.parse.parse_qs(query)['last'][0]))
        if kind == 'sse':
            return _response('text/event-stream', b'data: ready\n\n', f'Grip-Hold: stream\r\nGrip-Channel: {name}\r\nGrip-Keep-Alive: :\\n\\n; format=cstring; timeout=20\r\n')
        return _response('text/plain', b'ready\n', f'Grip-Hold: stream\r\nGrip-Channel: {name}\r\n')

    def _poll(self, name, last):
        channel = self.soak.channels[name]
        if channel.begun > last:
            missed = ''.join(f'{name} {number}\n' for number in range(last + 1, channel.begun + 1))
            return _response('text/plain', missed.encode())
        return _response('text/plain', b'', f'Grip-Hold: response\r\nGrip-Channel: {name}; prev-id={last}\r\nGrip-Timeout: 15\r\n')

    def _events(self, target, body):
        out, name = b'', target.partition('?')[0].rpartition('/')[2]
        for kind, content in _read_events(body):
            if kind == b'OPEN':
                out += b'OPEN\r\n'
                if not target.startswith('/signalr'):
                    out += _event(b'TEXT', _control('subscribe', name)) + _event(b'TEXT', b'm:ready')
            elif kind == b'TEXT' and target.startswith('/signalr'):
                out += _event(b'TEXT', _control('subscribe', json.loads(content)['channel']))
            elif kind == b'TEXT':
                out += _event(b'TEXT', b'm:' + content)
            elif kind == b'CLOSE':
                out += _event(b'CLOSE', content) if content else b'CLOSE\r\n'
        return _response(WEBSOCKET_EVENTS, out, 'Sec-WebSocket-Extensions: grip\r\n')


def _control(kind, channel):
    return b'c:' + json.dumps({'type': kind, 'channel': channel}).encode()


def _event(kind, content):
    return b'%s %x\r\n%s\r\n' % (kind, len(content), content)


def _read_events(body):
    while body:
        first, _, body = body.partition(b'\r\n')
        kind, _, size = first.partition(b' ')
        content = body[:int(size, 16)] if size else b''
        body = body[len(content) + 2:] if size else body
        yield kind, content


def _response(content_type, body, more=''):
    return f'HTTP/1.1 200 OK\r\nContent-Type: {content_type}\r\nContent-Length: {len(body)}\r\n{more}\r\n'.encode() + body
