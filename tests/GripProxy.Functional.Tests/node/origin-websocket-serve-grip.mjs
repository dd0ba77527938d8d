// A connect origin with @fanoutio/serve-grip whose WebSockets come over HTTP. /tell publishes to all of them.
import http from 'node:http';
import connect from 'connect';
import { WebSocketMessageFormat } from '@fanoutio/grip';
import { ServeGrip } from '@fanoutio/serve-grip';
import settings from './settings.cjs';
import talk from './websocket-talk.cjs';

const serveGrip = new ServeGrip({ grip: settings.grip, gripProxyRequired: true });
const app = connect();
app.use('/tell', async (request, response) => {
    const text = new URL(request.url, 'http://origin').searchParams.get('text');
    await serveGrip.getPublisher().publishFormats('room', new WebSocketMessageFormat(text));
    response.end('told');
});
app.use(serveGrip);
app.use('/ws', (request, response) => {
    talk(request.grip.wsContext);
    response.end();
});

http.createServer(app).listen(settings.port, '127.0.0.1', () => console.log('listening'));
