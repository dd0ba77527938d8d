// usage: publish-pubcontrol.cjs CHANNEL TEXT      pubcontrol 0.3.1: one item with both formats
const pubcontrol = require('pubcontrol');
const { controlUri, issuer, key, once, report } = require('./settings.cjs');

class Stream extends pubcontrol.Format {
    constructor(text) { super(); this.text = text; }
    name() { return 'http-stream'; }
    export() { return { content: this.text }; }
}

class Response extends pubcontrol.Format {
    constructor(text) { super(); this.text = text; }
    name() { return 'http-response'; }
    export() { return { body: this.text }; }
}

const [channel, text] = process.argv.slice(2);
const auth = issuer ? new pubcontrol.Auth.AuthJwt({ iss: issuer }, key) : undefined;
const publisher = new pubcontrol.PubControl(controlUri, auth);
publisher.publish(channel, new pubcontrol.Item([new Stream(text), new Response(text)]),
    once((success, message) => report(success ? null : message)));
