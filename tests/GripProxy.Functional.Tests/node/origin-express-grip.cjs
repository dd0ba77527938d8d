// An Express origin with the express-grip middleware.
const express = require('express');
const expressGrip = require('express-grip');
const grip = require('express-grip/node_modules/grip');
const { controlUri, issuer, key, port, signatureKey } = require('./settings.cjs');

// With an issuer the library takes one key for both directions, so the test signs with the same one.
const proxy = { control_uri: controlUri, key: signatureKey };
if (issuer) {
    proxy.control_iss = issuer;
    proxy.key = key;
}
expressGrip.configure({ gripProxies: [proxy], gripProxyRequired: true });

const router = express.Router();
router.use(expressGrip.preHandlerGripMiddleware);
router.get('/stream', (request, response, next) => {
    expressGrip.setHoldStream(response, 'room');
    response.type('text/plain').send('open\n');
    next();
});
router.get('/poll', (request, response, next) => {
    expressGrip.setHoldLongpoll(response, 'room', 30);
    response.type('text/plain').send('nothing\n');
    next();
});
router.get('/say', (request, response, next) => {
    const text = `${request.query.text}\n`;
    expressGrip.publish('room', [new grip.HttpStreamFormat(text), new grip.HttpResponseFormat({ body: text })], undefined, undefined,
        (success, message) => {
            response.status(success ? 200 : 500).send(success ? 'said' : String(message));
            next();
        });
});
router.use(expressGrip.postHandlerGripMiddleware);

express().use(router).listen(port, '127.0.0.1', () => console.log('listening'));
