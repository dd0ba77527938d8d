// An origin without a framework: grip 0.1.4 makes application/grip-instruct documents and checks Grip-Sig.
const http = require('http');
const grip = require('grip');
const pubcontrol = require('pubcontrol');
const { controlUri, issuer, key, once, port, signatureKey } = require('./settings.cjs');

const auth = issuer ? new pubcontrol.Auth.AuthJwt({ iss: issuer }, key) : undefined;
const publisher = new grip.GripPubControl(controlUri, auth);

http.createServer((request, response) => {
    const url = new URL(request.url, 'http://origin');
    if (!grip.validateSig(request.headers['grip-sig'] ?? '', signatureKey)) {
        response.writeHead(501);
        response.end('not signed');
    } else if (url.pathname === '/stream') {
        response.writeHead(200, { 'Content-Type': 'application/grip-instruct' });
        response.end(grip.createHoldStream('room', new grip.Response({ headers: { 'Content-Type': 'text/plain' }, body: 'open\n' })));
    } else if (url.pathname === '/poll') {
        response.writeHead(200, { 'Content-Type': 'application/grip-instruct' });
        response.end(grip.createHoldResponse('room', new grip.Response({ body: 'nothing\n' })));
    } else {
        const text = `${url.searchParams.get('text')}\n`;
        publisher.publishHttpStream('room', new grip.HttpStreamFormat(text), once((success, message) => {
            publisher.publishHttpResponse('room', text, once((done, problem) => {
                response.writeHead(success && done ? 200 : 500);
                response.end(success && done ? 'said' : `${message} ${problem}`);
            }));
        }));
    }
}).listen(port, '127.0.0.1', () => console.log('listening'));
