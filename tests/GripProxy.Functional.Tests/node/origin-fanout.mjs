// An Express origin with @fanoutio/grip 4: GripInstruct as headers, Grip-Sig checked with a key of its own.
import express from 'express';
import { GripInstruct, HttpResponseFormat, HttpStreamFormat, Publisher } from '@fanoutio/grip';
import settings from './settings.cjs';

const { controlUri, issuer, key, port, signatureKey } = settings;
const publisher = new Publisher({
    control_uri: controlUri,
    verify_key: new TextEncoder().encode(signatureKey),
    ...(issuer ? { control_iss: issuer, key: new TextEncoder().encode(key) } : {}),
});

const app = express();
app.use(async (request, response, next) => {
    const { isSigned } = await publisher.validateGripSig(request.get('Grip-Sig'));
    if (isSigned) {
        next();
    } else {
        response.status(501).send('not signed');
    }
});
app.get('/stream', (request, response) => {
    const instruct = new GripInstruct('room');
    instruct.setHoldStream();
    instruct.setKeepAlive(':\n', 20);
    response.set(instruct.toHeaders()).type('text/plain').send('open\n');
});
app.get('/poll', (request, response) => {
    const instruct = new GripInstruct('room');
    instruct.setHoldLongPoll(30);
    response.set(instruct.toHeaders()).type('text/plain').send('nothing\n');
});
app.get('/say', async (request, response) => {
    const text = `${request.query.text}\n`;
    await publisher.publishFormats('room', [new HttpStreamFormat(text), new HttpResponseFormat({ body: text })]);
    response.send('said');
});

app.listen(port, '127.0.0.1', () => console.log('listening'));
