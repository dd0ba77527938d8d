// A stats message is "<type> <T or J><payload>": a tnetstring or JSON.
'use strict';

/** The type of a message and its fields. */
function decode(bytes) {
    const space = bytes.indexOf(' ');
    const type = bytes.subarray(0, space).toString();
    const format = String.fromCharCode(bytes[space + 1]);
    const payload = bytes.subarray(space + 2);
    if (format === 'J') {
        return { type, fields: JSON.parse(payload.toString()) };
    }

    if (format === 'T') {
        return { type, fields: readTnet(payload).value };
    }

    throw new Error(`a message begins with '${type} ${format}', which is no encoding of stats`);
}

/** Reads one tnetstring, "<length>:<content><kind>", and says where it ends. */
function readTnet(bytes) {
    const colon = bytes.indexOf(':');
    const end = colon + 1 + Number(bytes.subarray(0, colon).toString());
    const content = bytes.subarray(colon + 1, end);
    return { value: toValue(String.fromCharCode(bytes[end]), content), end: end + 1 };
}

function toValue(kind, content) {
    switch (kind) {
        case ',': return content.toString();
        case '#': return Number(content.toString());
        case '!': return content.toString() === 'true';
        case '~': return null;
        case ']': return readAll(content);
        case '}': return toObject(readAll(content));
        default: throw new Error(`'${kind}' is no kind of tnetstring`);
    }
}

function readAll(bytes) {
    const values = [];
    while (bytes.length > 0) {
        const { value, end } = readTnet(bytes);
        values.push(value);
        bytes = bytes.subarray(end);
    }

    return values;
}

function toObject(values) {
    const object = {};
    for (let i = 0; i + 1 < values.length; i += 2) {
        object[values[i]] = values[i + 1];
    }

    return object;
}

module.exports = { decode };
