using GripProxy.Origin.Instructs;
using GripProxy.Protocol.Instructs;
using Microsoft.AspNetCore.Http;

namespace GripProxy.Origin;

/// <summary>
/// What an origin asks the GRIP proxy to do with a request: hold it open on channels and how (HTTP-12). Build it with the fluent methods,
/// then write it onto the response with <see cref="ApplyTo"/>. Owned by the request that builds it.
/// </summary>
/// <remarks>
/// The response itself is the <i>template</i>: the answer at a long-poll's timeout, or the beginning of a stream.
/// Every method throws <see cref="ArgumentException"/> for text with control characters, so that no value can smuggle in a header line.
/// </remarks>
public sealed class GripInstruct : IResult
{
    /// <summary>Filters a channel may have (FLT-01); the proxy refuses more.</summary>
    private const int MaxFilters = 5;

    private readonly List<ChannelInstruct> _channels = [];
    private readonly Dictionary<string, string> _meta = new(StringComparer.Ordinal);
    private readonly List<string> _exposeHeaders = [];

    private string _body = "";

    private GripInstruct(HoldMode mode) => Mode = mode;

    internal HoldMode Mode { get; }

    internal IReadOnlyList<ChannelInstruct> Channels => _channels;

    internal IReadOnlyDictionary<string, string> MetaValues => _meta;

    internal IReadOnlyList<string> ExposedHeaders => _exposeHeaders;

    internal int? TimeoutSeconds { get; private set; }

    internal KeepAlive? KeepAliveBytes { get; private set; }

    internal int? StatusCode { get; private set; }

    internal string? StatusReason { get; private set; }

    internal bool ResumesByEventId { get; private set; }

    internal NextLink? NextLink { get; private set; }

    internal string? GoneLink { get; private set; }

    /// <summary>Long-polling (HTTP-24): the request waits until an item is published to one of the channels, or its timeout passes.</summary>
    public static GripInstruct HoldResponse(params IEnumerable<string> channels) => new GripInstruct(HoldMode.Response).AddAll(channels);

    /// <summary>Streaming, server-sent events included (HTTP-27): the response is sent at once and goes on with every published item.</summary>
    public static GripInstruct HoldStream(params IEnumerable<string> channels) => new GripInstruct(HoldMode.Stream).AddAll(channels);

    /// <summary>No hold (HTTP-15): to rewrite the answer with <see cref="Status"/>, or to go on with a <see cref="Next"/> link.</summary>
    public static GripInstruct NoHold() => new(HoldMode.None);

    /// <summary>Adds a channel (HTTP-12b).</summary>
    /// <param name="name">Its name, not empty.</param>
    /// <param name="prevId">Id of the last item that the response already covers: the proxy asks again if it knows a later one (HTTP-35).</param>
    /// <param name="filters">Names of filters for its items (FLT-01), at most five.</param>
    public GripInstruct Channel(string name, string? prevId = null, params IEnumerable<string> filters)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(filters);
        string[] list = [.. filters];
        if (list.Length > MaxFilters)
            throw new ArgumentException($"Channel '{name}' has {list.Length} filters; a channel may have {MaxFilters}.", nameof(filters));
        foreach (var filter in list)
            HeaderValue.Check(filter, nameof(filters));
        _channels.Add(new ChannelInstruct(
            HeaderValue.Check(name, nameof(name)),
            prevId is null ? null : HeaderValue.Check(prevId, nameof(prevId)),
            list));
        return this;
    }

    /// <summary>
    /// Adds a channel that goes on after a position in its log (LOG-03), for "snapshot plus everything after it": take the position from a publish receipt or
    /// from <c>GET /v1/channels/&lt;channel&gt;</c> before the data is read.
    /// </summary>
    /// <param name="name">Its name, not empty.</param>
    /// <param name="position">The position, as the proxy wrote it.</param>
    /// <param name="filters">Names of filters for its items (FLT-01), at most five.</param>
    public GripInstruct ChannelAfter(string name, string position, params IEnumerable<string> filters)
    {
        ArgumentException.ThrowIfNullOrEmpty(position);
        HeaderValue.Check(position, nameof(position));
        Channel(name, prevId: null, filters);
        _channels[^1] = _channels[^1] with { Position = position };
        return this;
    }

    /// <summary>
    /// Lets a stream of server-sent events say where its client stands, and go on there when the client comes back with <c>Last-Event-ID</c> (LOG-04). Needs a
    /// proxy that names the feature <c>resume</c>; others ignore it.
    /// </summary>
    public GripInstruct ResumeByEventId()
    {
        ResumesByEventId = true;
        return this;
    }

    /// <summary>
    /// How long a response hold waits (HTTP-12c), in whole seconds, rounded up. The proxy waits 55 s if this is not called, and never less
    /// than 5 s.
    /// </summary>
    public GripInstruct Timeout(TimeSpan timeout)
    {
        TimeoutSeconds = Seconds(timeout, nameof(timeout));
        return this;
    }

    /// <summary>Text to send into a stream in which no item was published for a while (HTTP-26).</summary>
    /// <param name="data">What to send; any text, not empty. For server-sent events <c>":\n\n"</c>, a comment.</param>
    /// <param name="interval">Time between two sends, at least one second, rounded up.</param>
    public GripInstruct KeepAlive(string data, TimeSpan interval)
    {
        ArgumentNullException.ThrowIfNull(data);
        return KeepAlive(System.Text.Encoding.UTF8.GetBytes(data), interval);
    }

    /// <summary>Bytes to send into a stream from time to time (HTTP-26).</summary>
    /// <param name="data">What to send; any bytes, at least one.</param>
    /// <param name="interval">Time between two sends, at least one second, rounded up.</param>
    /// <param name="mode">Whether a published item starts the timer again.</param>
    public GripInstruct KeepAlive(ReadOnlyMemory<byte> data, TimeSpan interval, KeepAliveMode mode = KeepAliveMode.Idle)
    {
        if (data.IsEmpty)
            throw new ArgumentException("A keep-alive needs at least one byte to send.", nameof(data));
        var seconds = Math.Max(1, Seconds(interval, nameof(interval)));
        KeepAliveBytes = new KeepAlive(data, TimeSpan.FromSeconds(seconds), mode);
        return this;
    }

    /// <summary>
    /// A variable of the subscription that filters look at (HTTP-12e, FLT-02), for example <c>user</c> for <c>skip-self</c>. The name is a
    /// header token.
    /// </summary>
    public GripInstruct Meta(string name, string value)
    {
        _meta[HeaderValue.CheckToken(name, nameof(name))] = HeaderValue.Check(value, nameof(value));
        return this;
    }

    /// <summary>Status towards the client instead of the response's own (HTTP-12f).</summary>
    /// <param name="code">0 to 999.</param>
    /// <param name="reason">Reason phrase; the standard one if null.</param>
    public GripInstruct Status(int code, string? reason = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(code);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(code, 999);
        StatusCode = code;
        StatusReason = string.IsNullOrEmpty(reason) ? null : HeaderValue.Check(reason, nameof(reason));
        return this;
    }

    /// <summary>The client gets only these headers of the response (HTTP-12g); even <c>Content-Type</c> must be named to be kept.</summary>
    public GripInstruct ExposeHeaders(params IEnumerable<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        foreach (var name in names)
            _exposeHeaders.Add(HeaderValue.CheckToken(name, nameof(names)));
        return this;
    }

    /// <summary>Where the proxy asks for what comes next in a stream (HTTP-30).</summary>
    /// <param name="uri">Absolute, or relative to the request. Characters that a header cannot hold are percent-encoded.</param>
    /// <param name="timeout">Quiet time after which the proxy asks; 120 s if null.</param>
    public GripInstruct Next(string uri, TimeSpan? timeout = null)
    {
        var seconds = timeout is { } given ? Seconds(given, nameof(timeout)) : 120;
        NextLink = new NextLink(LinkText.Encode(uri, nameof(uri)), TimeSpan.FromSeconds(seconds));
        return this;
    }

    /// <summary>Where the proxy reports that a held request ended (HTTP-31).</summary>
    /// <param name="uri">Absolute, or relative to the request. Characters that a header cannot hold are percent-encoded.</param>
    public GripInstruct Gone(string uri)
    {
        GoneLink = LinkText.Encode(uri, nameof(uri));
        return this;
    }

    /// <summary>
    /// Text of the template, where the instruct is returned from an endpoint: the answer at a long-poll's timeout, or what a stream begins with.
    /// Status and headers of the template are those that the handler sets on the response.
    /// </summary>
    public GripInstruct Body(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        _body = text;
        return this;
    }

    /// <summary>Answers with the instruct, so that an endpoint can return it: its headers as <see cref="ApplyTo"/> has them, then the body.</summary>
    Task IResult.ExecuteAsync(HttpContext httpContext)
    {
        ArgumentNullException.ThrowIfNull(httpContext);
        var response = httpContext.Response;
        ApplyTo(response);
        if (_body.Length == 0)
            return Task.CompletedTask;
        response.ContentType ??= "text/plain; charset=utf-8";
        return response.WriteAsync(_body, httpContext.RequestAborted);
    }

    /// <summary>
    /// Writes the <c>Grip-*</c> headers onto the response (HTTP-12), replacing those of an earlier instruct. Status, other headers and the
    /// body stay the business of the caller. Call it before the response starts.
    /// </summary>
    /// <exception cref="InvalidOperationException">
    /// The response has started, or a channel name is one that headers cannot carry (with <c>, ; "</c> or spaces around it): use <see cref="WriteJsonAsync"/>.
    /// </exception>
    public void ApplyTo(HttpResponse response)
    {
        ArgumentNullException.ThrowIfNull(response);
        HeaderFormWriter.Write(this, response.Headers);
    }

    /// <summary>
    /// Writes the instruct as a JSON body instead of headers (HTTP-13): for channel names that headers cannot carry. Status and headers that
    /// stand in <paramref name="response"/> become the template's; the call ends the response.
    /// </summary>
    /// <param name="response">The response, not started yet.</param>
    /// <param name="body">Body of the template.</param>
    /// <param name="cancellationToken">Ends the writing.</param>
    public Task WriteJsonAsync(HttpResponse response, ReadOnlyMemory<byte> body, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(response);
        return JsonFormWriter.WriteAsync(this, response, body, cancellationToken);
    }

    private GripInstruct AddAll(IEnumerable<string> channels)
    {
        ArgumentNullException.ThrowIfNull(channels);
        foreach (var channel in channels)
            Channel(channel);
        return this;
    }

    private static int Seconds(TimeSpan time, string parameter)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(time, TimeSpan.Zero, parameter);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(time, TimeSpan.FromSeconds(int.MaxValue), parameter);
        return (int)Math.Ceiling(time.TotalSeconds);
    }
}
