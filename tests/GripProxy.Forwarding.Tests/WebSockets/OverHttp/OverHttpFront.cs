using System.Text;
using GripProxy.Channels.Timing;
using GripProxy.Channels.Traffic;
using GripProxy.Forwarding.Diagnostics;
using GripProxy.Forwarding.Http;
using GripProxy.Forwarding.Messages;
using GripProxy.Forwarding.Requests;
using GripProxy.Forwarding.Tests.Support;
using GripProxy.Forwarding.WebSockets;
using GripProxy.Forwarding.WebSockets.OverHttp;
using GripProxy.Holds.WebSockets;
using GripProxy.Protocol.Configuration;
using GripProxy.Protocol.Routes;
using GripProxy.Protocol.WebSockets;
using GripProxy.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace GripProxy.Forwarding.Tests.WebSockets.OverHttp;

/// <summary>The dialer with real connections to origins and a clock that stands still.</summary>
internal sealed class OverHttpFront : IDisposable
{
    private readonly ForwardingOptions _options;
    private readonly OriginClients _clients;
    private readonly RouteModels _models;
    private readonly TimerWheel _wheel;
    private readonly LoggerFactory _loggers = new();
    private readonly OverHttpDialer _dialer;

    public OverHttpFront(ForwardingOptions? options = null)
    {
        _options = options ?? new ForwardingOptions();
        var metrics = new ForwardingMetrics(Metrics.Factory, Traffic, Time);
        _clients = new OriginClients(_options, metrics, NullLogger<OriginClients>.Instance);
        _models = new RouteModels(_options, _clients, metrics, Traffic, Time, NullLogger<RouteModels>.Instance);
        _wheel = new TimerWheel(Time);
        _loggers.AddProvider(Logs);
        var logger = LoggerFactory.Create(builder => builder.AddProvider(Logs).SetMinimumLevel(LogLevel.Debug)).CreateLogger<OverHttpDialer>();
        _dialer = new OverHttpDialer(_options, _wheel, new Random(1), logger);
    }

    public ManualTime Time { get; } = new();

    public MetricsRecorder Metrics { get; } = new(ForwardingMetrics.MeterName);

    public TrafficBook Traffic { get; } = new();

    public RecordingLoggerProvider Logs { get; } = new();

    /// <summary>Asks the first target of a route.</summary>
    /// <param name="route">A line of the routes file.</param>
    /// <param name="headers">Headers of the client.</param>
    /// <param name="isTrusted">Whether the client is a GRIP proxy.</param>
    /// <param name="cancellation">The client is gone.</param>
    public Task<WebSocketOpening> DialAsync(
        string route, IEnumerable<(string Name, string Value)>? headers = null, bool isTrusted = false, CancellationToken cancellation = default)
    {
        var model = Model(route);
        var request = Request(headers, isTrusted);
        return _dialer.DialAsync(request, request.Target, model, model.Targets[0], cancellation);
    }

    /// <summary>An origin that can be asked about a client of a message protocol.</summary>
    public AskedOrigin Prepare(EventsOrigin origin)
    {
        var model = Model($"* {origin.Address}");
        var request = Request(headers: null, isTrusted: false);
        return _dialer.Prepare(request, request.Target, model, model.Targets[0]);
    }

    /// <summary>Completes when every origin has heard of its clients that are gone.</summary>
    public Task FarewellsAsync() => _dialer.FarewellsAsync();

    /// <summary>Opens a connection to an origin that agrees with these events behind its <c>OPEN</c>.</summary>
    public async Task<IWebSocketOrigin> OpenAsync(EventsOrigin origin, string options = "", string events = "", params string[] headers)
    {
        var dial = DialAsync($"* {origin.Address},over_http{options}");
        await (await origin.NextAsync()).AnswerAsync("OPEN\r\n" + events, headers);
        return (await dial).Origin!; // It agreed.
    }

    public void Dispose()
    {
        _wheel.Dispose();
        _clients.Dispose();
        _loggers.Dispose();
    }

    private RouteModel Model(string route) => _models.Get(Assert.Single(RouteFileReader.Read(route, "routes", ".", new List<ConfigProblem>())));

    private static ClientRequest Request(IEnumerable<(string Name, string Value)>? headers, bool isTrusted)
    {
        var context = new DefaultHttpContext { Request = { Method = "GET" } };
        foreach (var (name, value) in headers ?? [])
            context.Request.Headers.Append(name, value);
        return new ClientRequest
        {
            Context = context,
            Target = RequestTarget.FromPathAndQuery("/ws?a=1"),
            Host = "h.example",
            IsSecure = false,
            IsWebSocket = true,
            IsTrusted = isTrusted,
            Body = null,
        };
    }
}

/// <summary>Shorthand for what a hold does.</summary>
internal static class PeerExtensions
{
    /// <summary>Reads a part and shows it as its kind and content.</summary>
    public static async Task<string> ReadTextAsync(this IWebSocketOrigin origin)
    {
        var part = await origin.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20));
        var text = Encoding.Latin1.GetString(part.Content.Span);
        return text.Length == 0 ? $"{part.Kind}" : $"{part.Kind} {text}";
    }

    public static Task<bool> WriteTextAsync(this IWebSocketOrigin origin, string text) => origin.WriteAsync(WebSocketPartKind.Text, text);

    public static async Task<bool> WriteAsync(this IWebSocketOrigin origin, WebSocketPartKind kind, string text, bool isFirst = true, bool isLast = true) =>
        await origin.WriteAsync(new WebSocketPart(kind, Encoding.Latin1.GetBytes(text), isFirst, isLast)).AsTask().WaitAsync(TimeSpan.FromSeconds(20));
}
