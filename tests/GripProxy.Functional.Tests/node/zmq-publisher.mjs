// usage: zmq-publisher.mjs connect|bind ADDRESS CHANNEL TEXT
// zeromq 6 (libzmq): an XPUB socket that prints who wants what, and publishes TEXT to CHANNEL when that is wanted
import { XPublisher } from 'zeromq';

const [how, address, channel, text] = process.argv.slice(2);
const socket = new XPublisher();
if (how === 'bind') {
    await socket.bind(address);
} else {
    socket.connect(address);
}
console.log('listening');
for await (const [message] of socket) {
    const topic = message.subarray(1).toString();
    console.log(`${message[0] === 1 ? 'wanted' : 'unwanted'} ${topic}`);
    if (message[0] === 1 && topic === channel) {
        await socket.send([channel, `J${JSON.stringify({ formats: { 'http-stream': { content: text } } })}`]);
    }
}
