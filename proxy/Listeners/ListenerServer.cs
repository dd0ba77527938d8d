using System.Diagnostics;
using System.Net;
using GripProxy.Proxy.Listeners.Http2;
using GripProxy.Proxy.Listeners.Takeover;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using BadHttpRequestException = Microsoft.AspNetCore.Http.BadHttpRequestException;

namespace GripProxy.Proxy.Listeners;

/// <summary>
/// One Kestrel with its own limits and one handler for everything. There is no web host around it: it would bring configuration, middleware and
/// logging that nobody asked for, at a cost for each request and for the start. Owned by the proxy host.
/// </summary>
internal sealed class ListenerServer : IAsyncDisposable
{
    // Whoever asks all the time over a connection that he keeps has asked once more by then.
    private static readonly TimeSpan LeavingTime = TimeSpan.FromSeconds(1);

    private readonly ServiceProvider _services;
    private readonly IServer _server;
    private readonly ListenerPlan _plan;
    private readonly HandlerApplication _application;

    private ListenerServer(ServiceProvider services, ListenerPlan plan)
    {
        _services = services;
        _server = services.GetRequiredService<IServer>();
        _plan = plan;
        _application = new HandlerApplication(plan.Handler);
    }

    /// <summary>The TCP addresses in use, in the order of the plan, with the real port where 0 was asked for. Valid once started.</summary>
    public IReadOnlyList<IPEndPoint> Addresses => [.. EndPoints.OfType<IPEndPoint>()];

    /// <summary>Everything that clients can connect to, in the order of the plan. Valid once started.</summary>
    public IReadOnlyList<EndPoint> EndPoints
    {
        get
        {
            // The server lists what it bound in the order in which it was told to.
            var bound = _server.Features.GetRequiredFeature<IServerAddressesFeature>().Addresses;
            return [.. _plan.Points.Zip(bound, Bound).Where(static point => point is not Http2Handover)];
        }
    }

    /// <summary>Builds a server for plain HTTP that lets everybody in; nothing listens yet.</summary>
    public static ListenerServer Build(
        IEnumerable<ListenAddress> listen,
        Action<KestrelServerOptions> configure,
        Func<BadHttpRequestException, FramingReply> badRequest,
        RequestDelegate handler,
        ILoggerFactory logs) => Build(
            new ListenerPlan { Points = [.. listen.Select(ListenPoint.Plain)], Configure = configure, BadRequest = badRequest, Handler = handler },
            logs);

    /// <summary>Builds a server; nothing listens yet.</summary>
    public static ListenerServer Build(ListenerPlan plan, ILoggerFactory logs)
    {
        var services = new ServiceCollection();
        services.AddSingleton(logs);
        services.AddSingleton(typeof(ILogger<>), typeof(Logger<>));
        services.AddMetrics();
        services.AddOptions();
        services.AddSingleton<DiagnosticSource>(new BadRequestSource(plan.BadRequest));
        new ServerRegistration(services).UseKestrelCore();
        services.RemoveAll<IConnectionListenerFactory>();
        services.AddSingleton(
            provider => new ListenerFactory(
                plan, provider.GetRequiredService<IMemoryPoolFactory<byte>>().Create(), TimeProvider.System, logs));
        services.AddSingleton<IConnectionListenerFactory>(static provider => provider.GetRequiredService<ListenerFactory>());
        services.Configure<KestrelServerOptions>(options =>
        {
            options.AddServerHeader = false;
            options.AllowSynchronousIO = false;
            plan.Configure(options);
            foreach (var point in plan.Points)
            {
                options.Listen(point.EndPoint, point.Configure);
            }
        });
        return new ListenerServer(services.BuildServiceProvider(), plan);
    }

    /// <summary>Opens the ports.</summary>
    /// <exception cref="ListenException">A port cannot be bound.</exception>
    public Task StartAsync(CancellationToken cancellationToken) => StartAsync(new ListenSockets(share: false, []), cancellationToken);

    /// <summary>Opens the ports, on sockets that may be others' too.</summary>
    /// <exception cref="ListenException">A port cannot be bound.</exception>
    public Task StartAsync(ListenSockets sockets, CancellationToken cancellationToken)
    {
        _services.GetRequiredService<ListenerFactory>().Sockets = sockets;
        return _server.StartAsync(_application, cancellationToken);
    }

    /// <summary>Takes other limits of one client address.</summary>
    public void UseAddressLimits(int connections, int rate) => _plan.Gate?.Use(connections, rate);

    /// <summary>Stops accepting, waits for the requests under way, and cuts what is left when the token fires.</summary>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        // It has closed its ports when it returns, and waits for the connections then.
        var ended = EndAsync(_server.StopAsync(cancellationToken), cancellationToken);
        _plan.HandOver?.Stop();
        return ended;
    }

    /// <summary>
    /// Stops in the same way, but without hurry: a client whose next request is on its way over a connection that he keeps gets its answer, and learns by
    /// it that the connection is over. To be closed under such a request is what he could not tell from a failure.
    /// </summary>
    public async Task LeaveAsync(CancellationToken cancellationToken)
    {
        _application.Leave();
        _services.GetRequiredService<ListenerFactory>().Leave(LeavingTime);
        var ended = EndAsync(_server.StopAsync(cancellationToken), cancellationToken);
        await Task.WhenAny(ended, Task.Delay(LeavingTime, TimeProvider.System, cancellationToken));
        _plan.HandOver?.Stop();
        await ended;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        if (_plan.HandOver is { } handOver)
        {
            // Who was never stopped is cut. The gate goes last: whoever leaves gives his place back.
            await handOver.EndAsync(new CancellationToken(canceled: true));
            handOver.Dispose();
        }

        _plan.Gate?.Dispose();
    }

    /// <summary>Ends when the server has stopped and the connections that it does not know have ended.</summary>
    private async Task EndAsync(Task stopped, CancellationToken cut)
    {
        await stopped;
        if (_plan.HandOver is { } handOver)
            await handOver.EndAsync(cut);
    }

    private static EndPoint Bound(ListenPoint point, string address)
    {
        if (point.EndPoint is not IPEndPoint)
            return point.EndPoint;
        var uri = new Uri(address);
        return new IPEndPoint(IPAddress.Parse(uri.Host.Trim('[', ']')), uri.Port);
    }
}
