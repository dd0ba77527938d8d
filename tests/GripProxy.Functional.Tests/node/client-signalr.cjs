// usage: client-signalr.cjs URL OPTIONS SCRIPT      @microsoft/signalr: connects, runs the script, prints what comes
// OPTIONS is JSON: transport (WebSockets, ServerSentEvents, LongPolling), protocol (json, messagepack), token, headers, reconnect, stateful.
const signalR = require('@microsoft/signalr');
const { MessagePackHubProtocol } = require('@microsoft/signalr-protocol-msgpack');

const [url, json, script] = process.argv.slice(2);
const options = JSON.parse(json);
const say = (text) => console.log(text);
// Bytes of the protocol messagepack look as in JSON.
const show = (value) => JSON.stringify(value, (key, inner) => (inner instanceof Uint8Array ? `bytes ${Buffer.from(inner).toString('base64')}` : inner));

const builder = new signalR.HubConnectionBuilder()
  .withUrl(url, {
    transport: signalR.HttpTransportType[options.transport ?? 'WebSockets'],
    headers: options.headers,
    ...(options.token ? { accessTokenFactory: () => options.token } : {}),
  })
  .configureLogging(signalR.LogLevel.None);
if (options.protocol === 'messagepack')
  builder.withHubProtocol(new MessagePackHubProtocol());
if (options.reconnect)
  builder.withAutomaticReconnect([0, 0, 100]);
if (options.stateful)
  builder.withStatefulReconnect();
const connection = builder.build();
connection.on('item', (channel, item) => say(`item ${channel} ${show(item)}`));
connection.on('outcome', (channel, outcome) => say(`outcome ${channel} ${show(outcome)}`));
connection.onclose((error) => say(`closed ${error?.message ?? ''}`));
connection.onreconnecting((error) => say(`reconnecting ${error?.message ?? ''}`));
connection.onreconnected(() => say('reconnected'));
const attempt = async (method, ...args) => {
  try {
    say(`${method} ${show(args)}: ${show(await connection.invoke(method, ...args)) ?? 'done'}`);
  } catch (error) {
    say(`${method} ${show(args)}: ${error.message}`);
  }
};
const heard = (name) => new Promise((resolve) => connection.on(name, (...args) => resolve(args)));

(async () => {
  try {
    await connection.start();
    say('connected');
    await new (async () => {}).constructor('connection', 'attempt', 'heard', 'say', 'options', script)(connection, attempt, heard, say, options);
  } catch (error) {
    say(`failed ${error.message}`);
  }
})();
