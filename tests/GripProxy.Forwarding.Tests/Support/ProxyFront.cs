using System.Collections.Concurrent;
using System.Net;
using System.Text;
using GripProxy.Channels;
using GripProxy.Channels.Publishing;
using GripProxy.Forwarding.Routing;
using GripProxy.Holds;
using GripProxy.Protocol.Items;
using GripProxy.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace GripProxy.Forwarding.Tests.Support;

/// <summary>The real pipeline behind a real server on loopback.</summary>
internal sealed class ProxyFront : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ProxyFront(WebApplication app, RecordingLoggerProvider logs)
    {
        _app = app;
        Logs = logs;
    }

    public RecordingLoggerProvider Logs { get; }

    public int Port => new Uri(_app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First()).Port;

    public IServiceProvider Services => _app.Services;

    public static Task<ProxyFront> StartAsync(params string[] routes) => StartAsync(new ForwardingOptions(), routes);

    public static Task<ProxyFront> StartAsync(ForwardingOptions options, params string[] routes) => StartAsync(options, TimeProvider.System, routes);

    public static async Task<ProxyFront> StartAsync(ForwardingOptions options, TimeProvider time, params string[] routes)
    {
        var logs = new RecordingLoggerProvider();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.AddProvider(logs).AddFilter("GripProxy.Forwarding.Sharing", LogLevel.Debug);
        builder.Services.AddSingleton(time);
        builder.Services.AddGripChannels(new ChannelsOptions());
        builder.Services.AddGripHolds(new HoldsOptions());
        builder.Services.AddGripForwarding(options, new RoutingOptions { Lines = routes });
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.AllowHostHeaderOverride = true;
            kestrel.RequestHeaderEncodingSelector = static _ => Encoding.Latin1;
            kestrel.ResponseHeaderEncodingSelector = static _ => Encoding.Latin1;
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Listen(IPAddress.Loopback, 0);
        });
        var app = builder.Build();
        app.Services.GetRequiredService<RouteStore>().Start();
        app.Run(app.Services.GetRequiredService<RequestForwarder>().HandleAsync);
        await app.StartAsync();
        return new ProxyFront(app, logs);
    }

    public Task<RawClient> ConnectAsync() => RawClient.ConnectAsync(Port);

    /// <summary>Opens a WebSocket, with further header lines.</summary>
    public Task<RawWebSocket> OpenAsync(string path, params string[] headers) =>
        RawWebSocket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, Port), path, headers);

    /// <summary>Sends a handshake, with further header lines, and reads the whole answer.</summary>
    public Task<RawResponse> RefusedAsync(string path, params string[] headers) => SendAsync(
        $"GET {path} HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        + $"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{string.Concat(headers.Select(line => line + "\r\n"))}\r\n");

    /// <summary>Sends one request on a connection of its own and reads the whole answer.</summary>
    public async Task<RawResponse> SendAsync(string request, bool head = false)
    {
        await using var client = await ConnectAsync();
        await client.SendAsync(request);
        return await client.ReadResponseAsync(head);
    }

    public void Publish(params Item[] items) => _app.Services.GetRequiredService<PublishPipeline>().Publish(items);

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }
}

/// <summary>Keeps what was logged, with the category's last word in front.</summary>
internal sealed class RecordingLoggerProvider : ILoggerProvider
{
    private readonly ConcurrentQueue<string> _lines = new();
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The next line of the category, as soon as there is one.</summary>
    public async Task<string> NextAsync(string category)
    {
        var prefix = category + ": ";
        while (true)
        {
            var changed = _changed.Task;
            while (_lines.TryDequeue(out var line))
            {
                if (line.StartsWith(prefix, StringComparison.Ordinal))
                    return line[prefix.Length..];
            }

            await changed.WaitAsync(TimeSpan.FromSeconds(20));
        }
    }

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName[(categoryName.LastIndexOf('.') + 1)..]);

    public void Dispose()
    {
    }

    private void Add(string line)
    {
        _lines.Enqueue(line);
        Interlocked.Exchange(ref _changed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
    }

    private sealed class Logger(RecordingLoggerProvider owner, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= (category is "RequestSharing" or "OverHttpDialer" ? LogLevel.Debug : LogLevel.Information);

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
                owner.Add($"{category}: {formatter(state, exception)}{(exception is null ? "" : " " + exception)}");
        }
    }
}
