// usage: publish-grip.cjs CHANNEL TEXT      grip 0.1.4: publishes to streams, then to responses
const grip = require('grip');
const pubcontrol = require('pubcontrol');
const { controlUri, issuer, key, once, report } = require('./settings.cjs');

const [channel, text] = process.argv.slice(2);
const auth = issuer ? new pubcontrol.Auth.AuthJwt({ iss: issuer }, key) : undefined;
const publisher = new grip.GripPubControl(controlUri, auth);
publisher.publishHttpStream(channel, new grip.HttpStreamFormat(text), once((success, message) => {
    if (!success) {
        report(message);
        return;
    }
    publisher.publishHttpResponse(channel, text, once((done, problem) => report(done ? null : problem)));
}));
