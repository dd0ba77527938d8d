// An Express origin with the express-grip middleware whose WebSockets come over HTTP. /tell publishes to all of them.
const express = require('express');
const expressGrip = require('express-grip');
const grip = require('express-grip/node_modules/grip');
const { controlUri, issuer, key, port, signatureKey } = require('./settings.cjs');
const talk = require('./websocket-talk.cjs');

const proxy = { control_uri: controlUri, key: signatureKey };
if (issuer) {
    proxy.control_iss = issuer;
    proxy.key = key;
}
expressGrip.configure({ gripProxies: [proxy], gripProxyRequired: true });

const router = express.Router();
router.use(expressGrip.preHandlerGripMiddleware);
router.post('/ws', (request, response, next) => {
    if (expressGrip.verifyIsWebSocket(response, next)) {
        talk(expressGrip.getWsContext(response));
        next();
    }
});
router.get('/tell', (request, response, next) => {
    expressGrip.publish('room', new grip.WebSocketMessageFormat(request.query.text), undefined, undefined, (success, message) => {
        response.status(success ? 200 : 500).send(success ? 'told' : String(message));
        next();
    });
});
router.use(expressGrip.postHandlerGripMiddleware);

express().use(router).listen(port, '127.0.0.1', () => console.log('listening'));
