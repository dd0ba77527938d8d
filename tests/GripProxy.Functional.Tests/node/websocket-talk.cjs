// What a WebSocket origin of these tests does with a request, by the context that the libraries have in common: subscribes whoever comes to the
// channel room, counts messages in the connection's meta, sends them back with their number, and closes at "bye".
module.exports = (socket) => {
    if (socket.isOpening()) {
        socket.accept();
        socket.subscribe('room');
    }
    while (socket.canRecv()) {
        let message;
        try {
            message = socket.recv();
        } catch (error) {
            // That is how the libraries tell of a client that is lost.
            console.log(error.message);
            break;
        }
        if (message == null || message === 'bye') {
            socket.close();
            break;
        }
        socket.meta.count = String(Number(socket.meta.count ?? 0) + 1);
        socket.send(`${socket.meta.count} ${message}`);
    }
};
