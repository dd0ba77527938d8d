// usage: client-eventsource.mjs URL      eventsource 3: prints each opening, message and error; connects again by itself
import { EventSource } from 'eventsource';

const source = new EventSource(process.argv[2]);
source.onopen = () => console.log('open');
source.onmessage = ({ lastEventId, data }) => console.log(`message ${lastEventId || '-'} ${data}`);
source.onerror = ({ code, message }) => console.log(`error ${code ?? '-'} ${message ?? ''}`);
