using System.Diagnostics.Metrics;
using System.Net;
using GripProxy.Control;
using GripProxy.Control.Metrics;
using GripProxy.Proxy.Listeners;
using GripProxy.Proxy.Listeners.Takeover;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace GripProxy.Proxy;

/// <summary>All HTTP ports of a proxy, in the order in which they open. Owned by the proxy host.</summary>
internal sealed partial class ProxyPorts
{
    private readonly ListenerServer? _control;
    private readonly ListenerServer? _health;
    private readonly ListenerServer[] _metrics;
    private readonly bool _isControlOpen;
    private readonly bool _hasClients;
    private readonly ILogger _logger;

    /// <summary>Builds those that belong to no part of their own; nothing listens yet.</summary>
    /// <param name="options">Where.</param>
    /// <param name="clients">Answers clients.</param>
    /// <param name="services">Holds what answers at the other ports.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logs">The log.</param>
    public ProxyPorts(ProxyOptions options, RequestDelegate clients, IServiceProvider services, TimeProvider time, ILoggerFactory logs)
    {
        _isControlOpen = options.Control.IsOpen;
        _hasClients = options.LoadGenerator is null;
        _logger = logs.CreateLogger<ProxyHost>();
        Clients = ClientListener.Build(options.Client, clients, services.GetRequiredService<IMeterFactory>(), time, logs);
        var control = services.GetRequiredService<ControlPipeline>();
        _control = Control(options.Control.Listen, control.HandleAsync);
        _health = Control(options.Control.HealthListen, control.HandleHealthAsync);
        _metrics = [.. options.Metrics.Select(listen => MetricsListener.Build(listen, services.GetRequiredService<MetricsPage>(), logs))];

        ListenerServer? Control(IPEndPoint? listen, RequestDelegate handler) =>
            listen is null ? null : ControlListener.Build(listen, options.Control, handler, logs);
    }

    /// <summary>Where clients connect. Not among <see cref="All"/> on a node that only makes load.</summary>
    public ListenerServer Clients { get; }

    /// <summary>Where events come in, or null.</summary>
    public ListenerServer? Events { get; set; }

    /// <summary>Where the dashboard is, or null.</summary>
    public ListenerServer? Dashboard { get; set; }

    /// <summary>Where publishers connect, or null if the control port is off. Valid once started.</summary>
    public IPEndPoint? ControlAddress => _control?.Addresses[0];

    /// <summary>All. Control first: an origin that waits for the client port may publish at once. Events last: their items find clients.</summary>
    public IEnumerable<ListenerServer> All => new[] { _control, _health }.Concat(_metrics).Append(_hasClients ? Clients : null).Append(Events).Append(Dashboard).OfType<ListenerServer>();

    /// <summary>Opens all.</summary>
    /// <exception cref="ListenException">One cannot be opened; those before it are.</exception>
    public async Task StartAsync(ListenSockets sockets, CancellationToken cancellationToken)
    {
        foreach (var server in All)
            await server.StartAsync(sockets, cancellationToken);
        Announce();
        foreach (var socket in sockets.Unused)
            Log.SocketUnused(_logger, socket);
    }

    /// <summary>Closes all, waits for the requests under way, and cuts what is left when the token fires.</summary>
    public Task StopAsync(CancellationToken cut) => Task.WhenAll(All.Select(server => server.StopAsync(cut)).ToArray());

    /// <summary>As <see cref="StopAsync"/>, over a while: clients go, publishers and probes are served on, unless another process does that.</summary>
    /// <param name="isHandedOver">True: another process has all ports.</param>
    /// <param name="cut">Cuts what is left.</param>
    public Task LeaveAsync(bool isHandedOver, CancellationToken cut) =>
        Task.WhenAll((isHandedOver ? All : All.Where(server => server == Clients)).Select(server => server.LeaveAsync(cut)).ToArray());

    private void Announce()
    {
        foreach (var address in Clients.EndPoints)
            Log.Listening(_logger, address);
        foreach (var address in Events?.Addresses ?? [])
            Log.EventsListening(_logger, address);
        if (Dashboard is not null)
            Log.DashboardListening(_logger, Dashboard.Addresses[0]);
        if (ControlAddress is not { } control)
            return;
        Log.ControlListening(_logger, control);
        if (_isControlOpen)
            Log.ControlOpen(_logger);
    }
}
