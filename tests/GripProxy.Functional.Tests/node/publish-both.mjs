// usage: publish-both.mjs CHANNEL TEXT CONTROL_URI...      @fanoutio/grip 4: one publisher with several proxies
import { HttpResponseFormat, HttpStreamFormat, Publisher } from '@fanoutio/grip';
import settings from './settings.cjs';

const [channel, text, ...proxies] = process.argv.slice(2);
const publisher = new Publisher(proxies.map((control_uri) => ({ control_uri })));
try {
    await publisher.publishFormats(channel, [new HttpStreamFormat(text), new HttpResponseFormat({ body: text })]);
    settings.report();
} catch (error) {
    settings.report(error.message);
}
