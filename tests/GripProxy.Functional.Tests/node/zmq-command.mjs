// usage: zmq-command.mjs ADDRESS REQUEST...      zeromq 6 (libzmq): sends requests with a REQ socket and prints the answers
import { Request } from 'zeromq';

const [address, ...requests] = process.argv.slice(2);
const socket = new Request();
socket.connect(address);
for (const request of requests) {
    await socket.send(request);
    const [answer] = await socket.receive();
    console.log(answer.toString());
}
