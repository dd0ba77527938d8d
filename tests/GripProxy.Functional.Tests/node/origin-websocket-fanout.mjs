// A plain Node origin with @fanoutio/grip 4 whose WebSockets come over HTTP, Grip-Sig checked. /tell publishes to all of them.
import http from 'node:http';
import { encodeWebSocketEvents, Publisher, WebSocketMessageFormat } from '@fanoutio/grip';
import { getWebSocketContextFromNodeReq, isNodeReqWsOverHttp } from '@fanoutio/grip/node';
import settings from './settings.cjs';
import talk from './websocket-talk.cjs';

const publisher = new Publisher(settings.grip);

http.createServer(async (request, response) => {
    const url = new URL(request.url, 'http://origin');
    if (url.pathname === '/tell') {
        await publisher.publishFormats('room', new WebSocketMessageFormat(url.searchParams.get('text')));
        response.end('told');
        return;
    }
    const { isSigned } = await publisher.validateGripSig(request.headers['grip-sig']);
    if (!isSigned || !isNodeReqWsOverHttp(request)) {
        response.writeHead(501).end('not signed, or no WebSocket');
        return;
    }
    const socket = await getWebSocketContextFromNodeReq(request);
    talk(socket);
    response.writeHead(200, socket.toHeaders());
    response.end(encodeWebSocketEvents(socket.getOutgoingEvents()));
}).listen(settings.port, '127.0.0.1', () => console.log('listening'));
