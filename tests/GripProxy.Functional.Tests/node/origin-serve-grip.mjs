// A connect origin with @fanoutio/serve-grip. /events keeps what /tell was told and goes on after a client's Last-Event-ID.
import http from 'node:http';
import connect from 'connect';
import { HttpResponseFormat, HttpStreamFormat } from '@fanoutio/grip';
import { ServeGrip } from '@fanoutio/serve-grip';
import settings from './settings.cjs';

const { grip, port } = settings;
const serveGrip = new ServeGrip({ grip, gripProxyRequired: true });
const log = [];
const textOf = (request) => new URL(request.url, 'http://origin').searchParams.get('text');
const eventOf = (text, index) => `id: ${index + 1}\ndata: ${text}\n\n`;

const app = connect();
app.use('/say', async (request, response) => {
    const text = `${textOf(request)}\n`;
    await serveGrip.getPublisher().publishFormats('room', [new HttpStreamFormat(text), new HttpResponseFormat({ body: text })]);
    response.end('said');
});
app.use('/tell', async (request, response) => {
    log.push(textOf(request));
    await serveGrip.getPublisher().publishHttpStream('log', eventOf(log.at(-1), log.length - 1));
    response.end('told');
});
app.use(serveGrip);
app.use('/stream', (request, response) => {
    const instruct = response.grip.startInstruct();
    instruct.addChannel('room');
    instruct.setHoldStream();
    response.setHeader('Content-Type', 'text/plain');
    response.end('open\n');
});
app.use('/poll', (request, response) => {
    const instruct = response.grip.startInstruct();
    instruct.addChannel('room');
    instruct.setHoldLongPoll(30);
    response.end('nothing\n');
});
app.use('/events', (request, response) => {
    const seen = Number(request.headers['last-event-id'] ?? 0);
    console.log(`events after ${seen}`);
    const instruct = response.grip.startInstruct();
    instruct.addChannel('log');
    instruct.setHoldStream();
    response.setHeader('Content-Type', 'text/event-stream');
    response.end('retry: 100\n\n' + log.map(eventOf).slice(seen).join(''));
});

http.createServer(app).listen(port, '127.0.0.1', () => console.log('listening'));
