using GripProxy.Channels.Publishing;
using GripProxy.Channels.Subscriptions;
using GripProxy.Control;
using GripProxy.Control.Http;
using GripProxy.Control.Metrics;
using GripProxy.Dashboard;
using GripProxy.Dashboard.Live;
using GripProxy.Forwarding.Messages;
using GripProxy.Forwarding.Routing;
using GripProxy.Holds;
using GripProxy.Proxy.Listeners;
using GripProxy.Security.Access;
using GripProxy.SignalR;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace GripProxy.Proxy;

/// <summary>The dashboard of a running proxy with its listener and its own hub. Built only where it has an address. Owned by the proxy host.</summary>
internal sealed class DashboardPart : IAsyncDisposable
{
    private readonly DashboardServer _server;
    private readonly SignalRServer _hub;

    /// <summary>Builds it; nothing is open yet.</summary>
    public DashboardPart(ProxyOptions settings, IServiceProvider services, ILoggerFactory logs, TimeProvider time)
    {
        var options = settings.Dashboard!; // Checked by the caller.
        var tickets = new LiveTickets(time);
        var clients = services.GetRequiredService<MessageClients>();
        var routes = services.GetRequiredService<RouteStore>();
        _hub = new SignalRServer(new SignalROptions { Path = DashboardPaths.Hub, ByToken = true }, new SignalRParts
        {
            Holds = services.GetRequiredService<HoldKeeper>(),
            CheckToken = tickets.Check,
            Wheel = services.GetRequiredService<SubscriptionTable>().Wheel,
            AskOrigin = clients.AskAsync,
            Admit = clients.Admit,
            Logs = logs,
        });
        _server = new DashboardServer(options, new DashboardParts
        {
            Node = settings.Channels.Node,
            Keys = services.GetRequiredService<ControlAuthorizer>(),
            Control = services.GetRequiredService<ControlPipeline>().HandleAsync,
            Hub = _hub.HandleAsync,
            Tickets = tickets,
            WriteMetrics = services.GetRequiredService<MetricsPage>().WriteJson,
            Configuration = settings.Configuration,
            Routes = () => routes.Current,
            Publish = services.GetRequiredService<PublishPipeline>(),
            Table = services.GetRequiredService<SubscriptionTable>(),
            Time = time,
            Logs = logs,
        });
        Listener = ListenerServer.Build(
            [new ListenAddress(options.Listen.Address, options.Listen.Port)],
            kestrel => Configure(kestrel, settings.Control),
            static error => new FramingReply(error.StatusCode, "Bad Request\n"),
            _server.HandleAsync,
            logs);
    }

    /// <summary>Where the page is.</summary>
    public ListenerServer Listener { get; }

    /// <summary>Ends the live numbers and their clients; the listener is the host's to end.</summary>
    public ValueTask DisposeAsync()
    {
        _server.Dispose();
        return _hub.DisposeAsync();
    }

    // What the control port allows, this allows: it has the same paths. Operators are few.
    private static void Configure(KestrelServerOptions kestrel, ControlOptions control)
    {
        kestrel.Limits.MaxConcurrentConnections = 128;
        ControlServerLimits.Apply(kestrel.Limits, control);
    }
}
