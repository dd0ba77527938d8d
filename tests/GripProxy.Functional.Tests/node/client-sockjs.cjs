// usage: client-sockjs.cjs URL TRANSPORT [MESSAGE…]      sockjs-client: sends the messages; prints the opening, each message and the close
const SockJS = require('sockjs-client');

const [url, transport, ...messages] = process.argv.slice(2);
// A transport has half a second to open, unless said otherwise: too little on a busy machine.
const socket = new SockJS(url, null, { transports: transport, timeout: 20000 });
socket.onopen = () => {
  console.log(`open ${socket.transport}`);
  messages.forEach((message) => socket.send(message));
};
socket.onmessage = ({ data }) => {
  console.log(`message ${data}`);
  if (data === 'leave')
    socket.close(4000, 'leaving');
};
socket.onclose = ({ code, reason, wasClean }) => console.log(`close ${code} ${reason} ${wasClean ? 'clean' : 'unclean'}`);
