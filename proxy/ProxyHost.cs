using System.Net;
using GripProxy.Channels;
using GripProxy.Channels.Outcomes;
using GripProxy.Forwarding;
using GripProxy.Forwarding.Routing;
using GripProxy.Holds;
using GripProxy.Proxy.Listeners;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace GripProxy.Proxy;

/// <summary>
/// The proxy in one object: builds the parts, opens the ports when all is ready, ends everything in order (OBS-01, CLI-05). Used by the
/// commands and by functional tests. Owned by one caller; <see cref="Reload"/> may be called from any thread while it runs.
/// </summary>
public sealed partial class ProxyHost : IAsyncDisposable
{
    // Requests under way may finish; then they are cut. Together with the server's own grace this stays below the 5 s of CLI-05.
    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(2);

    private readonly ServiceProvider _services;
    private readonly ListenerServer _clients;
    private readonly TimeProvider _time;
    private readonly ILogger<ProxyHost> _logger;

    private ProxyHost(ServiceProvider services, ListenerServer clients, TimeProvider time, ILogger<ProxyHost> logger)
    {
        _services = services;
        _clients = clients;
        _time = time;
        _logger = logger;
    }

    /// <summary>Where clients connect. Valid once started.</summary>
    public IReadOnlyList<IPEndPoint> ClientAddresses => _clients.Addresses;

    /// <summary>The routes in use.</summary>
    private RouteStore Routes => _services.GetRequiredService<RouteStore>();

    /// <summary>Builds all parts; nothing listens and no file is read yet.</summary>
    /// <param name="options">Settings without errors.</param>
    /// <param name="logs">The log; the caller disposes of it after the host.</param>
    /// <param name="time">The clock of all parts.</param>
    public static ProxyHost Build(ProxyOptions options, ILoggerFactory logs, TimeProvider time)
    {
        var services = new ServiceCollection()
            .AddSingleton(time)
            .AddSingleton(logs)
            .AddSingleton(typeof(ILogger<>), typeof(Logger<>))
            .AddMetrics()
            .AddGripChannels(options.Channels)
            .AddGripHolds(options.Holds)
            .AddSingleton(options.Routing)
            .AddSingleton<RouteStore>()
            .AddGripForwarding(options.Forwarding)
            .BuildServiceProvider();
        return new ProxyHost(
            services,
            ClientListener.Build(options.Client, services.GetRequiredService<RequestForwarder>().HandleAsync, logs),
            time,
            logs.CreateLogger<ProxyHost>());
    }

    /// <summary>Loads the routes, then opens the ports.</summary>
    /// <returns>Null, or why a port cannot be opened (CLI-04); then nothing is open.</returns>
    public async Task<string?> StartAsync(CancellationToken cancellationToken = default)
    {
        Routes.Start();
        try
        {
            await _clients.StartAsync(cancellationToken);
            foreach (var address in ClientAddresses)
                Log.Listening(_logger, address);
            return null;
        }
        catch (ListenException e)
        {
            await StopAsync();
            return e.Message;
        }
    }

    /// <summary>Reads the routes again (CLI-05: HUP). What is held or under way keeps what it has.</summary>
    public void Reload() => Routes.Reload();

    /// <summary>Stops accepting, ends what is held at once, and cuts what is still under way a little later (HTTP-45).</summary>
    public async Task StopAsync()
    {
        using var cut = new CancellationTokenSource(StopGrace, _time);
        var stopping = _clients.StopAsync(cut.Token);
        _services.GetRequiredService<HoldKeeper>().EndAll(CloseReason.Drain);
        try
        {
            await stopping;
        }
        catch (Exception e)
        {
            // The process ends all the same.
            Log.StopFailed(_logger, e);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _clients.DisposeAsync();
        await _services.DisposeAsync();
    }
}
