using System.Net;
using System.Net.Sockets;
using GripProxy.Channels;
using GripProxy.Channels.Diagnostics;
using GripProxy.Channels.Outcomes;
using GripProxy.Channels.Traffic;
using GripProxy.Control;
using GripProxy.Control.Health;
using GripProxy.Control.Inspect.Node;
using GripProxy.Control.Stats;
using GripProxy.Control.Zmtp;
using GripProxy.Forwarding;
using GripProxy.Forwarding.Messages;
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

    private readonly ServiceProvider _services;
    private readonly ProxyPorts _ports;
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
        Traffic = services.GetRequiredService<TrafficBook>();
        _logger = logs.CreateLogger<ProxyHost>();
        _signalR = OptionalParts.SignalR(options, services, logs);
        var forwarder = services.GetRequiredService<RequestForwarder>();
        RequestDelegate handler = forwarder.HandleAsync;
        _ports = new ProxyPorts(options, _signalR?.Before(handler) ?? handler, services, time, logs);
        _telemetry = OptionalParts.Telemetry(options, logs);
        // Nobody asks for them but those who listen.
        services.GetRequiredService<StateInstruments>();
        _plugins = OptionalParts.Plugins(options, services, logs, time, OwnListeners);
        _load = OptionalParts.Load(options, services, logs, time);
        forwarder.Ingest = _plugins?.Door;
        _ports.Events = _plugins?.Listener;
        _dashboard = OptionalParts.Dashboard(options, services, logs, time);
        _ports.Dashboard = _dashboard?.Listener;
    }

    /// <summary>Where clients connect. Valid once started.</summary>
    public IReadOnlyList<IPEndPoint> ClientAddresses => _ports.Clients.Addresses;

    /// <summary>Where publishers connect, or null if the control port is off. Valid once started.</summary>
    public IPEndPoint? ControlAddress => _ports.ControlAddress;

    /// <summary>What passed through, in numbers. Valid after the end, too.</summary>
    public TrafficBook Traffic { get; }

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

        await ClusterPart.JoinAsync(_services);
        // Events may wait in the queue; what comes of them goes to all nodes.
        if (_plugins is not null && await _plugins.StartAsync() is { } missing)
        {
            await StopAsync();
            return missing;
        }

        try
        {
            await _ports.StartAsync(_sockets, cancellationToken);
        }
        catch (ListenException e)
        {
            await StopAsync();
            return e.Message;
        }

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
    /// <returns>True if it says something else than what runs.</returns>
    public Task<bool> ReloadPluginsAsync() => _plugins?.ReloadAsync() ?? Task.FromResult(false);

    /// <summary>What is wrong with that file, before it is taken.</summary>
    public Task<IReadOnlyList<string>> FindPluginProblemsAsync() => _plugins?.FindSetupProblemsAsync() ?? Task.FromResult<IReadOnlyList<string>>([]);

    /// <summary>What <c>POST /v1/reload</c> does (CTL-06); without it, that path says that it is unavailable. Before <see cref="StartAsync"/>.</summary>
    public void ReloadOnRequest(Func<Task<ReloadReport>> reload) => _services.GetRequiredService<ReloadHandler>().Reload = reload;

    /// <summary>Sockets that were opened for this process; each serves the listener of its address. Before <see cref="StartAsync"/>.</summary>
    public void UseSockets(IReadOnlyList<Socket> inherited) => _sockets = new ListenSockets(_options.Drain.SharePorts, inherited);

    /// <summary>
    /// Takes new keys of the control port (own-config.md, [issuer:NAME]). A key that cannot be used leaves the old ones in force.
    /// </summary>
    /// <returns>True if they are in force.</returns>
    public bool UseKeys(ControlKeysConfig keys)
    {
        if (FindKeysProblem(keys, out var built) is { } problem)
        {
            Log.KeysKept(_logger, problem);
            return false;
        }

        _services.GetRequiredService<ControlAuthorizer>().Use(built!); // There without a problem.
        return true;
    }

    /// <summary>Why <see cref="UseKeys"/> would keep the old keys, or null.</summary>
    public string? FindKeysProblem(ControlKeysConfig keys) => FindKeysProblem(keys, out _);

    /// <summary>Takes new limits, for what comes from now on (own-config.md [limits]).</summary>
    public void UseLimits(LimitsConfig limits)
    {
        limits.Apply(_options);
        _ports.Clients.UseAddressLimits(limits.ConnectionsPerAddress, limits.ConnectionRate);
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
        var stopping = _ports.StopAsync(cut.Token);
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
            var stopping = _ports.LeaveAsync(_sockets.IsHandedOver, cut.Token);
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
        foreach (var part in _ports.All.Append(_ports.Clients).Distinct().Concat<IAsyncDisposable?>([_signalR, _dashboard]).OfType<IAsyncDisposable>())
            await DisposeAsync(part);
        await FarewellsAsync();
        foreach (var part in new IAsyncDisposable?[] { _plugins, _load, _services }.OfType<IAsyncDisposable>())
            await DisposeAsync(part);
    }

    /// <summary>Nobody is connected any more. Origins that keep account of their clients hear of the last ones, unless they take too long.</summary>
    private async Task FarewellsAsync()
    {
        try
        {
            await _services.GetRequiredService<MessageClients>().FarewellsAsync().WaitAsync(StopGrace, _time);
        }
        catch (Exception e)
        {
            // The process ends all the same.
            Log.StopFailed(_logger, e);
        }
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

    private string? FindKeysProblem(ControlKeysConfig keys, out ControlKeys? built)
    {
        if (!ControlKeys.TryBuild(keys, _time, _logger, out built, out var problems))
            return string.Join("; ", problems);
        var isOpened = built.IsOpen && !_options.Control.IsOpen && !IPAddress.IsLoopback(_options.Control.Listen?.Address ?? IPAddress.Loopback);
        return isOpened ? "without any, the port would be open to everybody; that takes a restart" : null;
    }

    private IReadOnlyList<IPEndPoint> OwnListeners() =>
        [.. _ports.All.SelectMany(server => server.EndPoints).Concat(_services.GetRequiredService<ZmtpDoors>().Addresses).OfType<IPEndPoint>()];
}
