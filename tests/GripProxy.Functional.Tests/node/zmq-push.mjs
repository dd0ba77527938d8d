// usage: zmq-push.mjs ADDRESS CHANNEL COUNT      zeromq 6 (libzmq): publishes COUNT lines with a PUSH socket
import { Push } from 'zeromq';

const [address, channel, count] = process.argv.slice(2);
const socket = new Push();
socket.connect(address);
for (let i = 1; i <= Number(count); i++) {
    await socket.send(`J${JSON.stringify({ channel, formats: { 'http-stream': { content: `${i}\n` } } })}`);
}
console.log('published');
