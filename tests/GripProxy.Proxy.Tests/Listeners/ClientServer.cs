using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using GripProxy.Proxy.Listeners;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace GripProxy.Proxy.Tests.Listeners;

/// <summary>The client listeners on real sockets. Without a handler of its own it says how a request came.</summary>
internal sealed class ClientServer : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly ServiceProvider _meters = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly ListenerServer _server;

    private ClientServer(ClientListenerOptions options, RequestDelegate? handler, TimeProvider time) =>
        _server = ClientListener.Build(options, handler ?? AnswerAsync, Meters, time, NullLoggerFactory.Instance);

    public IMeterFactory Meters => _meters.GetRequiredService<IMeterFactory>();

    public IPEndPoint Address => _server.Addresses[0];

    public IReadOnlyList<EndPoint> EndPoints => _server.EndPoints;

    public static ListenAddress AnyPort { get; } = new(IPAddress.Loopback, 0);

    public static async Task<ClientServer> StartAsync(ClientListenerOptions options, RequestDelegate? handler = null, TimeProvider? time = null)
    {
        var server = new ClientServer(options, handler, time ?? TimeProvider.System);
        await server._server.StartAsync(CancellationToken.None);
        return server;
    }

    /// <summary>A client that connects wherever it is told, and takes every certificate.</summary>
    public static HttpClient Client(EndPoint to, Version? version = null) => new(new SocketsHttpHandler
    {
        ConnectCallback = async (_, cancellationToken) => await ConnectAsync(to, cancellationToken),
        SslOptions = new SslClientAuthenticationOptions
        {
            // Nobody signed it.
            RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null,
        },
    })
    {
        Timeout = Patience,
        DefaultRequestVersion = version ?? HttpVersion.Version11,
        DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
    };

    public static async Task<NetworkStream> ConnectAsync(EndPoint to, CancellationToken cancellationToken = default)
    {
        var socket = to is UnixDomainSocketEndPoint
            ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
            : new Socket(to.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(to, cancellationToken);
        return new NetworkStream(socket, ownsSocket: true);
    }

    /// <summary>Stops it in order: what is under way is waited for, until the token fires.</summary>
    public Task StopAsync(CancellationToken cut = default) => _server.StopAsync(cut);

    /// <summary>Stops it without hurry: who keeps a connection learns of it by an answer.</summary>
    public Task LeaveAsync() => _server.LeaveAsync(CancellationToken.None);

    /// <summary>Puts it away as it is.</summary>
    public ValueTask PutAwayAsync() => _server.DisposeAsync();

    public async ValueTask DisposeAsync()
    {
        await _server.StopAsync(new CancellationToken(canceled: true));
        await _server.DisposeAsync();
        await _meters.DisposeAsync();
    }

    private static Task AnswerAsync(HttpContext context) =>
        context.Response.WriteAsync($"{context.Request.Protocol} {context.Request.Scheme} {context.Request.Host}");
}
