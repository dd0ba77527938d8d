using System.Reflection;
using System.Text;
using GripProxy.Origin.Instructs;
using GripProxy.Origin.WebSockets;
using GripProxy.Protocol.Instructs;
using GripProxy.Protocol.Items;
using GripProxy.Protocol.WebSockets;
using Microsoft.AspNetCore.Http;

namespace GripProxy.Origin;

/// <summary>
/// A client's WebSocket as the GRIP proxy brings it to an ordinary HTTP endpoint (WOH-01): what happened on it since the last request, and
/// the ways to answer. The proxy holds the connection; between two requests nothing of it is here, so any process of the application can
/// take the next one. Made for one request by <see cref="GripWebSocketEndpoints.MapGripWebSocket"/>, owned by its handler.
/// </summary>
/// <remarks>
/// What the methods ask for goes out, in that order, when the handler ends. Everything after <see cref="Close"/>, <see cref="Disconnect"/> or
/// <see cref="Reject"/> is left out.
/// </remarks>
public sealed class GripWebSocket : IBindableFromHttpContext<GripWebSocket>
{
    /// <summary>Bytes of a control frame's content (RFC 6455, 5.5).</summary>
    private const int MaxControlBytes = 125;

    /// <summary>Filters that a subscription may have; the proxy closes the connection for more (WS-12a).</summary>
    private const int MaxFilters = 5;

    private WebSocketRequest _request = WebSocketRequest.Empty;

    private GripWebSocket()
    {
    }

    /// <summary>Name of the connection, the same in all of its requests. Made by the proxy, not guessable (WOH-02).</summary>
    public string ConnectionId => _request.ConnectionId;

    /// <summary>What <see cref="SetConnectionMeta"/> has stored with the connection in earlier requests (WOH-07). Names compare without case.</summary>
    public IReadOnlyDictionary<string, string> ConnectionMeta => _request.Meta;

    /// <summary>Subprotocols that the client offers, in its order of preference.</summary>
    public IReadOnlyList<string> Protocols => _request.Protocols;

    /// <summary>What happened, in order. Empty if the proxy only asks whether there is news (WOH-09, WOH-15).</summary>
    public IReadOnlyList<WebSocketEvent> Events => _request.Events;

    /// <summary>True in the first request of a connection: <see cref="Accept"/> or <see cref="Reject"/> it.</summary>
    public bool IsOpening => _request.Has(WebSocketEventType.Open);

    internal WebSocketReply Reply { get; } = new();

    /// <summary>
    /// Lets the client in (WOH-04). A request that neither accepts nor rejects may put that off with <see cref="RequestEvery"/>, then a later
    /// one decides; it is for the application to know that. Response headers that the handler sets go to the client.
    /// </summary>
    /// <param name="protocol">One of <see cref="Protocols"/>, or null.</param>
    public void Accept(string? protocol = null)
    {
        if (protocol is not null)
            HeaderValue.CheckToken(protocol, nameof(protocol));
        Reply.Accept(protocol);
    }

    /// <summary>Refuses a client that was not let in yet (WOH-04). Response headers that the handler sets go to the client.</summary>
    /// <param name="status">300 to 599.</param>
    /// <param name="text">Body of the answer. Browsers do not show it to scripts.</param>
    public void Reject(int status = StatusCodes.Status403Forbidden, string text = "")
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(status, 300);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(status, 599);
        ArgumentNullException.ThrowIfNull(text);
        Reply.Reject(status, text);
    }

    /// <summary>Sends a text message to this client. For many clients subscribe them to a channel and publish.</summary>
    public void Send(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        Reply.AddMessage(WebSocketEventType.Text, Encoding.UTF8.GetBytes(text));
    }

    /// <summary>Sends a binary message to this client.</summary>
    public void Send(ReadOnlyMemory<byte> content) => Reply.AddMessage(WebSocketEventType.Binary, content.Span);

    /// <summary>Sends a ping with up to 125 bytes. The pong comes as an event.</summary>
    public void Ping(ReadOnlyMemory<byte> content = default) => Reply.Add(WebSocketEventType.Ping, CheckControl(content));

    /// <summary>Sends a pong with up to 125 bytes. A handler that calls this answers all pings of its request itself.</summary>
    public void Pong(ReadOnlyMemory<byte> content = default) => Reply.Add(WebSocketEventType.Pong, CheckControl(content));

    /// <summary>Closes the connection (WOH-06). The client's answer comes as an event.</summary>
    /// <param name="code">1000 for a normal end; 3000 to 4999 are the application's.</param>
    /// <param name="reason">At most 123 bytes of UTF-8.</param>
    public void Close(int code = 1000, string reason = "")
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(code, 1000);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(code, 4999);
        ArgumentNullException.ThrowIfNull(reason);
        if (Encoding.UTF8.GetByteCount(reason) > WebSocketClose.MaxReasonBytes)
            throw new ArgumentException($"A close reason has at most {WebSocketClose.MaxReasonBytes} bytes (RFC 6455, 5.5).", nameof(reason));
        Reply.Add(WebSocketEventType.Close, new WebSocketClose(code, reason).ToContent());
    }

    /// <summary>Cuts the connection without a close (WOH-06).</summary>
    public void Disconnect() => Reply.Add(WebSocketEventType.Disconnect, default);

    /// <summary>
    /// Subscribes the client to a channel (WS-12a): items published there with a WebSocket format go to it. In force before what is sent
    /// after it. Subscribing again replaces the filters; the proxy leaves out what exceeds 20 channels (<c>connection_subscription_max</c>).
    /// </summary>
    /// <param name="channel">Its name, not empty.</param>
    /// <param name="prevId">
    /// Id of the last item that the client knows (LOG-08): if the proxy finds that one is missing, it comes back with a request without
    /// events, in which <see cref="GripRequest.LastIds"/> says where the client is. Null: items are delivered without such care.
    /// </param>
    /// <param name="filters">Names of filters for its items (FLT-01), at most five.</param>
    public void Subscribe(string channel, string? prevId = null, params IEnumerable<string> filters)
    {
        ArgumentException.ThrowIfNullOrEmpty(channel);
        ArgumentNullException.ThrowIfNull(filters);
        string[] list = [.. filters];
        if (list.Length > MaxFilters)
            throw new ArgumentException($"Channel '{channel}' has {list.Length} filters; a channel may have {MaxFilters}.", nameof(filters));
        Reply.AddControl(ControlMessage.Subscribe(channel, prevId, list));
    }

    /// <summary>Ends a subscription (WS-12b).</summary>
    public void Unsubscribe(string channel)
    {
        ArgumentException.ThrowIfNullOrEmpty(channel);
        Reply.AddControl(ControlMessage.Unsubscribe(channel));
    }

    /// <summary>
    /// The application is done with the client, which stays connected and gets what is published (WS-12c). What it sends is thrown away from
    /// now on; the last request of the connection is a close. Cannot be taken back.
    /// </summary>
    public void Detach() => Reply.AddControl(ControlMessage.Detach());

    /// <summary>A variable of the connection that filters look at (WS-12g, FLT-02), for example <c>user</c> for <c>skip-self</c>; null takes it away.</summary>
    public void SetSubscriptionMeta(string name, string? value)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        Reply.AddControl(ControlMessage.SetMeta(name, value));
    }

    /// <summary>Lets the proxy send a text whenever the connection was idle for a while (WS-12d).</summary>
    /// <param name="text">What to send; may be empty.</param>
    /// <param name="interval">At least one second, rounded up to whole ones.</param>
    public void KeepAlive(string text, TimeSpan interval)
    {
        ArgumentNullException.ThrowIfNull(text);
        KeepAlive(WebSocketMessageType.Text, Encoding.UTF8.GetBytes(text), interval);
    }

    /// <summary>Lets the proxy send something from time to time (WS-12d).</summary>
    /// <param name="type">As what to send it. A client's scripts do not see a ping.</param>
    /// <param name="content">What to send; may be empty.</param>
    /// <param name="interval">At least one second, rounded up to whole ones.</param>
    /// <param name="mode">Whether something that is sent starts the time again.</param>
    public void KeepAlive(WebSocketMessageType type, ReadOnlyMemory<byte> content, TimeSpan interval, KeepAliveMode mode = KeepAliveMode.Idle) =>
        Reply.AddControl(ControlMessage.KeepAlive(type, content, WholeSeconds.Of(interval, nameof(interval)), mode));

    /// <summary>Ends what <see cref="KeepAlive(string, TimeSpan)"/> began.</summary>
    public void StopKeepAlive() => Reply.AddControl(ControlMessage.StopKeepAlive());

    /// <summary>Lets the proxy send a text after a while (WS-12e). Only one can wait: the next one makes it go out at once.</summary>
    /// <param name="text">What to send.</param>
    /// <param name="delay">At least one second, rounded up to whole ones.</param>
    public void SendDelayed(string text, TimeSpan delay)
    {
        ArgumentNullException.ThrowIfNull(text);
        SendDelayed(WebSocketMessageType.Text, Encoding.UTF8.GetBytes(text), delay);
    }

    /// <summary>Lets the proxy send something after a while (WS-12e). Only one can wait: the next one makes it go out at once.</summary>
    /// <param name="type">As what to send it.</param>
    /// <param name="content">What to send.</param>
    /// <param name="delay">At least one second, rounded up to whole ones.</param>
    public void SendDelayed(WebSocketMessageType type, ReadOnlyMemory<byte> content, TimeSpan delay) =>
        Reply.AddControl(ControlMessage.SendDelayed(type, content, WholeSeconds.Of(delay, nameof(delay))));

    /// <summary>Sends what <see cref="SendDelayed(string, TimeSpan)"/> has put off (WS-12f).</summary>
    public void FlushDelayed() => Reply.AddControl(ControlMessage.FlushDelayed());

    /// <summary>
    /// Stores a value with the connection (WOH-07): all later requests of it bring the value in <see cref="ConnectionMeta"/>, so the
    /// application needs no memory of its own. The client never sees it. Null takes it away.
    /// </summary>
    /// <param name="name">A header token, for example <c>User</c>.</param>
    /// <param name="value">Text without control characters.</param>
    public void SetConnectionMeta(string name, string? value) =>
        Reply.SetMeta(HeaderValue.CheckToken(name, nameof(name)), value is null ? "" : HeaderValue.Check(value, nameof(value)));

    /// <summary>
    /// Lets the proxy ask when there was no other request for this long (WOH-09), until it is set anew. The application can answer with what it
    /// wants to send, and knows that the client is still there.
    /// </summary>
    /// <param name="interval">Whole seconds; below 20 s the proxy takes 20 s. Zero: no such requests.</param>
    public void RequestEvery(TimeSpan interval)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(interval, TimeSpan.Zero);
        Reply.SetRequestInterval(interval == TimeSpan.Zero ? 0 : WholeSeconds.Of(interval, nameof(interval)));
    }

    static ValueTask<GripWebSocket?> IBindableFromHttpContext<GripWebSocket>.BindAsync(HttpContext context, ParameterInfo parameter) =>
        ValueTask.FromResult<GripWebSocket?>(new GripWebSocket());

    internal void Fill(WebSocketRequest request) => _request = request;

    private static ReadOnlyMemory<byte> CheckControl(ReadOnlyMemory<byte> content) =>
        content.Length <= MaxControlBytes
            ? content
            : throw new ArgumentException($"The content has {content.Length} bytes; a ping or pong has at most {MaxControlBytes} (RFC 6455, 5.5).", nameof(content));
}
