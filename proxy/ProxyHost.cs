using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using GripProxy.Channels;
using GripProxy.Channels.Diagnostics;
using GripProxy.Channels.Outcomes;
using GripProxy.Channels.Publishing;
using GripProxy.Channels.Subscriptions;
using GripProxy.Control;
using GripProxy.Control.Health;
using GripProxy.Control.Inspect.Node;
using GripProxy.Control.Metrics;
using GripProxy.Control.Stats;
using GripProxy.Control.Zmtp;
using GripProxy.Forwarding;
using GripProxy.Forwarding.Routing;
using GripProxy.Holds;
using GripProxy.Proxy.Listeners;
using GripProxy.Proxy.Listeners.Takeover;
using GripProxy.Proxy.Telemetry;
using GripProxy.Redis;
using GripProxy.Security.Access;
using Microsoft.AspNetCore.Http;
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

    // A Redis that is there answers within this; one that is not shall not keep the clients waiting.
    private static readonly TimeSpan ClusterPatience = TimeSpan.FromSeconds(5);

    private readonly ServiceProvider _services;
    private readonly ListenerServer _clients;
    private readonly ListenerServer? _control;
    private readonly ListenerServer? _health;
    private readonly ListenerServer[] _metrics;
    private readonly TelemetryExport? _telemetry;
    private readonly PluginPart? _plugins;
    private readonly LoadPart? _load;
    private readonly SignalRPart? _signalR;
    private readonly DashboardPart? _dashboard;
    private readonly ProxyOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<ProxyHost> _logger;
    private ListenSockets _sockets;

    private ProxyHost(ProxyOptions options, ServiceProvider services, ILoggerFactory logs, TimeProvider time)
    {
        _options = options;
        _services = services;
        _time = time;
        _sockets = new ListenSockets(options.Drain.SharePorts, []);
        _logger = logs.CreateLogger<ProxyHost>();
        _signalR = options.SignalR is null ? null : BuildSignalR(options, services, logs);
        RequestDelegate handler = services.GetRequiredService<RequestForwarder>().HandleAsync;
        _clients = ClientListener.Build(options.Client, _signalR?.Before(handler) ?? handler, services.GetRequiredService<IMeterFactory>(), time, logs);
        var control = services.GetRequiredService<ControlPipeline>();
        _control = BuildControl(options.Control.Listen, options.Control, control.HandleAsync, logs);
        _health = BuildControl(options.Control.HealthListen, options.Control, control.HandleHealthAsync, logs);
        _telemetry = options.Telemetry.Endpoint is { } collector ? StartTelemetry(collector, options.Channels.Node, logs) : null;
        // Nobody asks for them but those who listen.
        services.GetRequiredService<StateInstruments>();
        _metrics = [.. options.Metrics.Select(listen => MetricsListener.Build(listen, services.GetRequiredService<MetricsPage>(), logs))];
        _plugins = options.Plugins is null ? null : BuildPlugins(options, services, logs, time, OwnListeners);
        _load = options.LoadGenerator is null ? null : BuildLoad(options, services, logs, time);
        services.GetRequiredService<RequestForwarder>().Ingest = _plugins?.Door;
        _dashboard = options.Dashboard is null ? null : BuildDashboard(options, services, logs, time);
    }

    /// <summary>Where clients connect. Valid once started.</summary>
    public IReadOnlyList<IPEndPoint> ClientAddresses => _clients.Addresses;

    /// <summary>Where publishers connect, or null if the control port is off. Valid once started.</summary>
    public IPEndPoint? ControlAddress => _control?.Addresses[0];

    /// <summary>Where Prometheus asks, in the order of the options. Valid once started.</summary>
    public IReadOnlyList<EndPoint> MetricsAddresses => [.. _metrics.SelectMany(server => server.EndPoints)];

    // Control first: an origin that waits for the client port may publish at once. Events last: their items find clients.
    private IEnumerable<ListenerServer> Servers =>
        new[] { _control, _health }.Concat(_metrics).Append(_load is null ? _clients : null).Append(_plugins?.Listener).Append(_dashboard?.Listener).OfType<ListenerServer>();

    /// <summary>Builds all parts; nothing listens and no file is read yet.</summary>
    /// <param name="options">Settings without errors.</param>
    /// <param name="logs">The log; the caller disposes of it after the host.</param>
    /// <param name="time">The clock of all parts.</param>
    public static ProxyHost Build(ProxyOptions options, ILoggerFactory logs, TimeProvider time)
    {
        var parts = new ServiceCollection()
            .AddSingleton(time)
            .AddSingleton(logs)
            .AddSingleton(typeof(ILogger<>), typeof(Logger<>))
            .AddMetrics();
        // First, so that channels and logs are on Redis.
        if (options.Cluster is { } cluster)
            parts.AddGripRedis(cluster);
        var services = parts
            .AddGripChannels(options.Channels)
            .AddGripHolds(options.Holds)
            .AddGripForwarding(options.Forwarding, options.Routing)
            .AddGripControl(options.Control)
            .BuildServiceProvider();
        return new ProxyHost(options, services, logs, time);
    }

    /// <summary>Loads the routes, then opens the ports.</summary>
    /// <returns>Null, or why a port cannot be opened (CLI-04); then nothing is open.</returns>
    public async Task<string?> StartAsync(CancellationToken cancellationToken = default)
    {
        _services.GetRequiredService<RouteStore>().Start();
        _services.GetRequiredService<StatsStream>().Start();
        // Who only makes load has no clients, so what is published would reach nobody.
        if ((_load is null ? _services.GetRequiredService<ZmtpDoors>().Open() : _load.Start()) is { } error)
        {
            await StopAsync();
            return error;
        }

        await JoinClusterAsync();
        // Events may wait in the queue; what comes of them goes to all nodes.
        if (_plugins is not null && await _plugins.StartAsync() is { } missing)
        {
            await StopAsync();
            return missing;
        }

        try
        {
            foreach (var server in Servers)
                await server.StartAsync(_sockets, cancellationToken);
        }
        catch (ListenException e)
        {
            await StopAsync();
            return e.Message;
        }

        Announce();
        foreach (var socket in _sockets.Unused)
            Log.SocketUnused(_logger, socket);
        _services.GetRequiredService<Readiness>().Clear(ReadinessReason.Starting);
        return null;
    }

    /// <summary>Reads the routes again (CLI-05: HUP). What is held or under way keeps what it has.</summary>
    /// <returns>True if they say something else than before.</returns>
    public bool Reload()
    {
        var routes = _services.GetRequiredService<RouteStore>();
        var before = routes.Version;
        routes.Reload();
        return routes.Version != before;
    }

    /// <summary>Reads the set-up file of the plugins again (plugins-http.md §5). What is wrong with it is logged.</summary>
    public Task ReloadPluginsAsync() => _plugins?.ReloadAsync() ?? Task.CompletedTask;

    /// <summary>What <c>POST /v1/reload</c> does (CTL-06); without it, that path says that it is unavailable. Before <see cref="StartAsync"/>.</summary>
    public void ReloadOnRequest(Func<ReloadReport> reload) => _services.GetRequiredService<ReloadHandler>().Reload = reload;

    /// <summary>Sockets that were opened for this process; each serves the listener of its address. Before <see cref="StartAsync"/>.</summary>
    public void UseSockets(IReadOnlyList<Socket> inherited) => _sockets = new ListenSockets(_options.Drain.SharePorts, inherited);

    /// <summary>
    /// Takes new keys of the control port (own-config.md, [issuer:NAME]). A key that cannot be used leaves the old ones in force.
    /// </summary>
    public void UseKeys(ControlKeysConfig keys)
    {
        if (!ControlKeys.TryBuild(keys, _time, _logger, out var built, out var problems))
            Log.KeysKept(_logger, string.Join("; ", problems));
        else if (built.IsOpen && !_options.Control.IsOpen && !IPAddress.IsLoopback(_options.Control.Listen?.Address ?? IPAddress.Loopback))
            Log.KeysKept(_logger, "without any, the port would be open to everybody; that takes a restart");
        else
            _services.GetRequiredService<ControlAuthorizer>().Use(built);
    }

    /// <summary>Takes new limits, for what comes from now on (own-config.md [limits]).</summary>
    public void UseLimits(LimitsConfig limits)
    {
        limits.Apply(_options);
        _clients.UseAddressLimits(limits.ConnectionsPerAddress, limits.ConnectionRate);
    }

    /// <summary>
    /// Stops accepting, ends what is held, and cuts what is still under way a little later: at once (HTTP-45), or over the time that [drain] gives.
    /// </summary>
    public async Task StopAsync()
    {
        _services.GetRequiredService<Readiness>().Set(ReadinessReason.Draining);
        _plugins?.StopTaking();
        if (_options.Drain.Window > TimeSpan.Zero)
            await DrainAsync();
        using var cut = new CancellationTokenSource(StopGrace, _time);
        var stopping = Task.WhenAll(Servers.Select(server => server.StopAsync(cut.Token)).ToArray());
        _services.GetRequiredService<HoldKeeper>().EndAll(CloseReason.Drain);
        _services.GetRequiredService<ControlPipeline>().EndStreams();
        try
        {
            await stopping;
            // Their last items still find the publishing side open.
            if (_plugins is not null)
                await _plugins.DisposeAsync();
            // With the reports of what it was at.
            if (_load is not null)
                await _load.DisposeAsync();
            // Last, so that monitors hear what became of all.
            await _services.GetRequiredService<ZmtpDoors>().CloseAsync(cut.Token);
            if (_telemetry is not null)
                await _telemetry.DisposeAsync();
        }
        catch (Exception e)
        {
            // The process ends all the same.
            Log.StopFailed(_logger, e);
        }
    }

    /// <summary>
    /// Only clients are sent away: who is still held hears what is published to its last moment, and probes see that this node is going. Where another
    /// process takes over, all ports are that one's at once.
    /// </summary>
    private async Task DrainAsync()
    {
        var holds = _services.GetRequiredService<HoldKeeper>();
        Log.Draining(_logger, holds.Count, _options.Drain.Window.TotalSeconds);
        using var cut = new CancellationTokenSource(_options.Drain.Timeout, _time);
        try
        {
            var leaving = _sockets.IsHandedOver ? Servers : Servers.Where(server => server == _clients);
            var stopping = Task.WhenAll(leaving.Select(server => server.LeaveAsync(cut.Token)).ToArray());
            if (_sockets.IsHandedOver)
                _services.GetRequiredService<ControlPipeline>().EndStreams();
            await holds.DrainAsync(_options.Drain.Window, cut.Token);
            await stopping;
        }
        catch (Exception e)
        {
            // The rest of the end goes on.
            Log.StopFailed(_logger, e);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var server in Servers.Append(_clients).Distinct())
            await DisposeAsync(server);
        if (_signalR is not null)
            await DisposeAsync(_signalR);
        if (_dashboard is not null)
            await DisposeAsync(_dashboard);
        if (_plugins is not null)
            await DisposeAsync(_plugins);
        if (_load is not null)
            await DisposeAsync(_load);
        await DisposeAsync(_services);
    }

    /// <summary>One part that cannot be put away in order, because a request was cut at that moment, keeps neither the others nor the exit code.</summary>
    private async ValueTask DisposeAsync(IAsyncDisposable part)
    {
        try
        {
            await part.DisposeAsync();
        }
        catch (Exception e)
        {
            Log.StopFailed(_logger, e);
        }
    }

    /// <summary>Waits a while for Redis, so that the first clients find a whole cluster. Without Redis the node serves its own clients.</summary>
    private async Task JoinClusterAsync()
    {
        if (_services.GetService<RedisBackplane>() is not { } backplane)
            return;
        var readiness = _services.GetRequiredService<Readiness>();
        readiness.Set(ReadinessReason.Backplane);
        backplane.ReadyChanged = isReady =>
        {
            if (isReady)
                readiness.Clear(ReadinessReason.Backplane);
            else
                readiness.Set(ReadinessReason.Backplane);
        };
        // The pipeline gives itself to the backplane when it is made.
        _services.GetRequiredService<PublishPipeline>();
        await backplane.ConnectAsync(_services.GetRequiredService<SubscriptionTable>(), ClusterPatience);
    }

    // Where it is not called, the libraries that it needs are not even loaded.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static TelemetryExport StartTelemetry(Uri collector, string node, ILoggerFactory logs) =>
        TelemetryExport.Start(collector, node, logs.CreateLogger<TelemetryExport>());

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static PluginPart BuildPlugins(
        ProxyOptions options, IServiceProvider services, ILoggerFactory logs, TimeProvider time, Func<IReadOnlyList<IPEndPoint>> ownListeners) =>
        new(options, services, logs, time, ownListeners);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static LoadPart BuildLoad(ProxyOptions options, IServiceProvider services, ILoggerFactory logs, TimeProvider time) =>
        new(options.LoadGenerator!, services, logs, time); // Checked by the caller.

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static SignalRPart BuildSignalR(ProxyOptions options, IServiceProvider services, ILoggerFactory logs) =>
        new(options.SignalR!, services, logs); // Checked by the caller.

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static DashboardPart BuildDashboard(ProxyOptions options, IServiceProvider services, ILoggerFactory logs, TimeProvider time) =>
        new(options, services, logs, time);

    private IReadOnlyList<IPEndPoint> OwnListeners() =>
        [.. Servers.SelectMany(server => server.EndPoints).Concat(_services.GetRequiredService<ZmtpDoors>().Addresses).OfType<IPEndPoint>()];

    private static ListenerServer? BuildControl(IPEndPoint? listen, ControlOptions options, RequestDelegate handler, ILoggerFactory logs) =>
        listen is null ? null : ControlListener.Build(listen, options, handler, logs);

    private void Announce()
    {
        foreach (var address in _clients.EndPoints)
            Log.Listening(_logger, address);
        foreach (var address in _plugins?.Listener.Addresses ?? [])
            Log.EventsListening(_logger, address);
        if (_dashboard is not null)
            Log.DashboardListening(_logger, _dashboard.Listener.Addresses[0]);
        if (ControlAddress is not { } control)
            return;
        Log.ControlListening(_logger, control);
        if (_options.Control.IsOpen)
            Log.ControlOpen(_logger);
    }
}
