#!/usr/bin/env node
// usage: node monitor.cjs ADDRESS [TYPE...]
//   ADDRESS  the stats socket ([handler] stats_spec), such as tcp://127.0.0.1:5564 or ipc:///run/gripproxy/stats
//   TYPE     what to print: activity, message, conn, sub, report, counts; everything if none is named
// Prints a line for each stats message. It reads both encodings (stats_format), of GripProxy and of Pushpin.
'use strict';

const { Subscriber } = require('zeromq');
const { decode } = require('./message.cjs');

async function main([address, ...types]) {
    if (!address) {
        console.error('usage: node monitor.cjs ADDRESS [activity|message|conn|sub|report|counts ...]');
        return 1;
    }

    const socket = new Subscriber();
    socket.connect(address);
    // The socket filters by the beginning of a message, which is its type and a space.
    socket.subscribe(...(types.length > 0 ? types.map(type => `${type} `) : ['']));
    console.error(`listening to ${address}`);
    for await (const [bytes] of socket) {
        const { type, fields } = decode(bytes);
        console.log(`${type} ${Object.entries(fields).map(([name, value]) => `${name}=${value}`).join(' ')}`);
    }

    return 0;
}

main(process.argv.slice(2)).then(code => {
    process.exitCode = code;
}, error => {
    console.error(`error: ${error.message}`);
    process.exitCode = 1;
});
