// usage: publish-fanout.mjs CHANNEL TEXT      @fanoutio/grip 4, configured by a GRIP_URL
import { Publisher } from '@fanoutio/grip';
import settings from './settings.cjs';

const { controlUri, issuer, key, report } = settings;
const [channel, text] = process.argv.slice(2);
const url = new URL(controlUri);
if (issuer) {
    url.searchParams.set('iss', issuer);
    url.searchParams.set('key', `base64:${Buffer.from(key).toString('base64')}`);
}
const publisher = new Publisher(url.toString());
try {
    await publisher.publishHttpStream(channel, text);
    await publisher.publishHttpResponse(channel, text);
    report();
} catch (error) {
    report(`${error.message} ${JSON.stringify(error.context ?? {})}`);
}
