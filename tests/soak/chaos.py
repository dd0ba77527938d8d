"""What goes on beside the clients of a soak: publishing, reloads, origins that die, readers that starve."""
import asyncio
import json
import os
import random
import signal
import socket
import time

import wire

FLOOD = 'x' * 32_000


async def publish(soak, program, channels, per_second):
    """Publishes to the channels in turn, one item after the other over one connection."""
    connection = await asyncio.open_connection('127.0.0.1', program.control)
    begin, number = time.monotonic(), 0
    while not soak.over.is_set():
        channel = channels[number % len(channels)]
        channel.begun += 1
        await post(connection, item(channel.name, f'{channel.name} {channel.begun}', channel.begun))
        channel.accepted = channel.begun
        soak.counts['published'] += 1
        number += 1
        await soak.pause(max(0, begin + number / per_second - time.monotonic()))
    connection[1].close()


def item(channel, text, number):
    stream = f'data: {text}\n\n' if channel.startswith('sse') else text + '\n'
    formats = {'http-stream': {'content': stream}, 'http-response': {'body': text + '\n'}, 'ws-message': {'content': text}}
    item = {'channel': channel, 'formats': formats}
    if channel.startswith('poll'):
        item |= {'id': str(number), 'prev-id': str(number - 1)}
    return item


async def post(connection, *items):
    answer = await wire.ask(connection, 'POST', '/publish/', json.dumps({'items': items}).encode(), 'Content-Type: application/json\r\n')
    text = await answer.body()
    if answer.status != 200:
        raise SystemExit(f'a publish was answered with {answer.status}: {text[:200]!r}')


async def reload(soak, program, every):
    """Reloads in three ways, by turns; each second time with routes that are wrong, which has to change nothing."""
    number = 0
    while not soak.over.is_set():
        await soak.pause(every)
        number += 1
        text = program.routes + (f'# version {number}\n' if number % 2 else '*,no_such_option=1 nowhere\n')
        (program.folder / 'routes').write_text(text)
        if number % 3 == 0:
            os.kill(program.process.pid, signal.SIGHUP)
        elif number % 3 == 1:
            connection = await asyncio.open_connection('127.0.0.1', program.control)
            await (await wire.ask(connection, 'POST', '/v1/reload')).body()
            connection[1].close()
        soak.counts['reloads'] += 1


async def kill(soak, origins, every, dead_for, seed):
    """Kills one origin, or each third time all of them, and brings them back."""
    chance = random.Random(seed)
    soak.dead_for = dead_for
    number = 0
    while not soak.over.is_set():
        await soak.pause(every)
        if soak.over.is_set():
            return
        number += 1
        victims = origins if number % 3 == 0 else [chance.choice(origins)]
        soak.killed = time.monotonic()
        for origin in victims:
            await origin.kill()
        soak.counts['origins killed'] += len(victims)
        await soak.pause(dead_for)
        for origin in victims:
            await origin.start()


async def starve(soak, program, name, every):
    """A reader that does not read, on a channel that is flooded until the proxy has cut it off."""
    publisher = await asyncio.open_connection('127.0.0.1', program.control)
    while not soak.over.is_set():
        raw = socket.socket()
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        raw.setblocking(False)
        try:
            await asyncio.get_running_loop().sock_connect(raw, ('127.0.0.1', program.port))
            raw.send(f'GET /stream/{name} HTTP/1.1\r\nHost: soak.test\r\n\r\n'.encode())
            for _ in range(200):  # 6 MB, more than the queue and what the system buffers
                await post(publisher, {'channel': name, 'formats': {'http-stream': {'content': FLOOD}}})
                if soak.over.is_set():
                    break
            soak.counts['starved readers'] += 1
        finally:
            raw.close()
        await soak.pause(every)
    publisher[1].close()


async def besides(soak, program):
    """Plain requests, broken requests, and connections that say nothing: what any port gets."""
    for number in range(1 << 30):
        await soak.pause(0.5)
        if soak.over.is_set():
            return
        reader, writer = await asyncio.open_connection('127.0.0.1', program.port)
        sent = (b'GET /plain/x HTTP/1.1\r\nHost: soak.test\r\n\r\n', b'GET / HTTP/1.1\r\nHost', b'\x16\x03\x01\x00', b'', b'NONSENSE\r\n\r\n')[number % 5]
        try:
            writer.write(sent)
            await writer.drain()
            if number % 5 == 0:
                found = await wire.head(reader)
                ok = found is not None and ' 200 ' in found[0]
                soak.counts['plain answers' if ok else 'refused'] += 1
                if not ok and not soak.disturbed():
                    soak.fault(f'a plain request got {found and found[0]}')
        except OSError as error:
            soak.fault(f'a plain connection: {error!r}') if number % 5 == 0 and not soak.disturbed() else None
        finally:
            writer.close()
