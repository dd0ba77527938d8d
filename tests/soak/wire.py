"""As much of HTTP/1.1, chunks and WebSocket frames as the soak needs, over asyncio streams."""
import asyncio
import base64
import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'conformance'))
from gripkit import ws  # noqa: E402

PATIENCE = 60  # seconds that anything may take that is bound to come


class Refused(Exception):
    """An answer that is not what was asked for; while an origin is dead it may be."""


class Answer:
    """The head of an answer, and its body as it comes."""

    def __init__(self, reader, writer, status, headers):
        self.reader, self.writer, self.status, self.headers = reader, writer, status, headers

    async def piece(self):
        """The next part of the body, None at its end. A connection that ends before is an IncompleteReadError."""
        if self.headers.get('transfer-encoding', '') == 'chunked':
            size = int((await line(self.reader)).split(b';')[0], 16)
            data = await self.reader.readexactly(size)
            await self.reader.readexactly(2)
            return data if size else None
        left = int(self.headers.get('content-length', '0'))
        self.headers['content-length'] = '0'
        return await self.reader.readexactly(left) if left else None

    async def body(self):
        pieces = []
        while (piece := await self.piece()) is not None:
            pieces.append(piece)
        return b''.join(pieces)


async def line(reader):
    text = await reader.readline()
    if not text.endswith(b'\n'):
        raise asyncio.IncompleteReadError(text, None)
    return text.rstrip(b'\r\n')


async def head(reader):
    """First line and headers, or None if the connection ended before."""
    first = await reader.readline()
    if not first:
        return None
    headers = {}
    while text := await line(reader):
        name, _, value = text.decode('latin-1').partition(':')
        headers[name.lower()] = value.strip()
    return first.decode('latin-1').rstrip(), headers


async def ask(connection, method, target, body=b'', headers=''):
    """Sends one request over a connection (reader, writer) and reads the head of its answer."""
    reader, writer = connection
    length = f'Content-Length: {len(body)}\r\n' if body else ''
    writer.write(f'{method} {target} HTTP/1.1\r\nHost: soak.test\r\n{length}{headers}\r\n'.encode() + body)
    async with asyncio.timeout(PATIENCE):
        await writer.drain()
        found = await head(reader)
    if found is None:
        raise asyncio.IncompleteReadError(b'', None)
    return Answer(reader, writer, int(found[0].split()[1]), found[1])


async def upgrade(port, target, headers=''):
    """Opens a WebSocket, or raises Refused."""
    reader, writer = await asyncio.open_connection('127.0.0.1', port)
    key = base64.b64encode(os.urandom(16)).decode()
    wanted = f'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n{headers}'
    try:
        answer = await ask((reader, writer), 'GET', target, headers=wanted)
        if answer.status != 101:
            raise Refused(f'{target}: {answer.status}')
    except BaseException:
        writer.close()
        raise
    return ws.Ws(reader, writer, mask=True)
