// usage: client-ws.mjs URL      ws 8, which offers compression: sends text, binary and a ping, each when the one before has come back; then closes
import WebSocket from 'ws';

const socket = new WebSocket(process.argv[2], ['chat', 'other']);
socket.on('open', () => {
  console.log(`open protocol=${socket.protocol} extensions=${socket.extensions}`);
  socket.send('héllo '.repeat(1000));
});
socket.on('message', (data, isBinary) => {
  if (isBinary) {
    console.log(`binary ${data.length}`);
    socket.ping('are you there');
  } else {
    console.log(`text ${data.toString().length}`);
    socket.send(Buffer.alloc(100_000, 7));
  }
});
socket.on('pong', (data) => {
  console.log(`pong ${data}`);
  socket.close(4002, 'done');
});
socket.on('close', (code, reason) => console.log(`close ${code} ${reason}`));
socket.on('error', (error) => console.log(`error ${error.message}`));
