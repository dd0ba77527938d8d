using System.Collections.Concurrent;
using System.Globalization;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Text;
using GripProxy.Forwarding.HandOver;
using GripProxy.Proxy.Listeners;
using Microsoft.AspNetCore.Http;

namespace GripProxy.Proxy.Tests.Listeners.HandOver;

/// <summary>
/// Client listeners whose requests are named by a header: <c>/held</c> is parked, <c>/wait</c> stays with its origin until it is let go, anything
/// else says at once whose it is. Thread-safe.
/// </summary>
internal sealed class HoldingServer : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource<Parked>> _parked = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, TaskCompletionSource<Waiting>> _waiting = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, IConnectionHandOver> _layers = new(StringComparer.Ordinal);
    private ClientServer _server = null!; // Set before anybody sees it.

    /// <summary>How many layers there were.</summary>
    public int Layers => _layers.Values.Distinct().Count();

    public static async Task<HoldingServer> StartAsync(ClientListenerOptions? options = null)
    {
        var server = new HoldingServer();
        options ??= new ClientListenerOptions();
        options.Listen = [ClientServer.AnyPort];
        server._server = await ClientServer.StartAsync(options, server.AnswerAsync);
        return server;
    }

    public static string Get(string path, string name, params string[] headers) =>
        $"GET {path} HTTP/1.1\r\nHost: a\r\nX-Name: {name}\r\n{string.Concat(headers.Select(header => header + "\r\n"))}\r\n";

    public async Task<NetworkStream> ConnectAsync() => await ClientServer.ConnectAsync(_server.Address);

    /// <summary>The request of this name, once it is parked.</summary>
    public Task<Parked> ParkedAsync(string name) => Parked(name).Task.WaitAsync(ClientServer.Patience);

    /// <summary>The request of this name, once it is with its origin.</summary>
    public Task<Waiting> WaitingAsync(string name) => Waits(name).Task.WaitAsync(ClientServer.Patience);

    /// <summary>The layer that had the request of this name last.</summary>
    public IConnectionHandOver LayerOf(string name) => _layers[name];

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private TaskCompletionSource<Parked> Parked(string name) =>
        _parked.GetOrAdd(name, static _ => new TaskCompletionSource<Parked>(TaskCreationOptions.RunContinuationsAsynchronously));

    private TaskCompletionSource<Waiting> Waits(string name) =>
        _waiting.GetOrAdd(name, static _ => new TaskCompletionSource<Waiting>(TaskCreationOptions.RunContinuationsAsynchronously));

    private async Task AnswerAsync(HttpContext context)
    {
        var name = context.Request.Headers["X-Name"].ToString();
        var handOver = context.Features.Get<IConnectionHandOver>();
        Assert.NotNull(handOver);
        _layers[name] = handOver;
        if (handOver.TakeReplay() is null && context.Request.Path == "/held")
        {
            // As in life the origin has answered on another thread.
            await Task.Yield();
            handOver.Take(new Parked(Parked(name)));
            return;
        }

        if (context.Request.Path == "/wait")
        {
            var waiting = new Waiting(context.RequestAborted);
            Waits(name).SetResult(waiting);
            await waiting.Go.Task.WaitAsync(context.RequestAborted);
        }

        var info = context.Connection;
        var text = string.Create(
            CultureInfo.InvariantCulture,
            $"{name}|{info.RemoteIpAddress}:{info.RemotePort}|{info.LocalPort}|{context.Request.Headers.Cookie}|{context.TraceIdentifier}\n");
        context.Response.ContentLength = text.Length;
        await context.Response.WriteAsync(text);
    }
}

/// <summary>A request that is with its origin.</summary>
internal sealed class Waiting(CancellationToken aborted)
{
    /// <summary>Fires when its client is gone.</summary>
    public CancellationToken Aborted => aborted;

    public TaskCompletionSource Go { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <summary>A parked request that a test ends.</summary>
internal sealed class Parked(TaskCompletionSource<Parked> started) : IParkedRequest
{
    private readonly TaskCompletionSource<AfterHold> _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private PipeWriter _output = null!; // Set before anybody sees it.

    public CancellationToken ClientGone { get; private set; }

    public void End(AfterHold after) => _end.TrySetResult(after);

    /// <summary>Answers it and gives the connection back.</summary>
    public async Task AnswerAsync(string text)
    {
        await _output.WriteAsync(Encoding.Latin1.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: {text.Length}\r\n\r\n{text}"));
        End(AfterHold.NextRequest);
    }

    public Task<AfterHold> RunAsync(PipeWriter output, CancellationToken clientGone)
    {
        (_output, ClientGone) = (output, clientGone);
        started.SetResult(this);
        return _end.Task;
    }
}
