using System.Diagnostics.Metrics;
using System.Net;
using GripProxy.Channels.Publishing;
using GripProxy.Channels.Subscriptions;
using GripProxy.Control.Inspect;
using GripProxy.Control.Inspect.Node;
using GripProxy.Forwarding;
using GripProxy.GameDay.Control;
using GripProxy.Plugins;
using GripProxy.Plugins.Events;
using GripProxy.Plugins.Redis;
using GripProxy.Proxy.Listeners;
using GripProxy.Proxy.Listeners.Tls;
using GripProxy.Redis;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace GripProxy.Proxy;

/// <summary>The plugin part of a running proxy and its listener. Built only where plugins are enabled. Owned by the proxy host.</summary>
internal sealed class PluginPart : IAsyncDisposable
{
    private readonly PluginHost _host;
    private readonly GameDayApi _gameDays;
    private readonly PluginCluster? _cluster;

    /// <summary>Builds it; nothing is read or open yet.</summary>
    public PluginPart(ProxyOptions settings, IServiceProvider services, ILoggerFactory logs, TimeProvider time, Func<IReadOnlyList<IPEndPoint>> ownListeners)
    {
        var options = settings.Plugins!; // It is built only where they are.
        if (services.GetService<ClusterOptions>() is { } cluster)
            _cluster = new RedisPluginCluster(cluster, time);
        _host = new PluginHost(options, services.GetRequiredService<PublishPipeline>(), time, services.GetRequiredService<Random>(), logs)
        {
            Cluster = _cluster,
            OwnListeners = ownListeners,
            Node = settings.Channels.Node,
            Table = services.GetRequiredService<SubscriptionTable>(),
            Meters = services.GetRequiredService<IMeterFactory>(),
            Pass = services.GetRequiredService<RequestForwarder>().HandleAsync,
        };
        _gameDays = new GameDayApi(time);
        var others = services.GetRequiredService<OtherPaths>();
        others.Serves = path => GameDayApi.Serves(path) || _host.ServesAdmin(path);
        others.Names = () => _host.AdminNames;
        others.Answer = context => GameDayApi.Serves(context.Request.Path.Value ?? "") && _host.IsOperator(context.Request)
            ? _gameDays.HandleAsync(context)
            : _host.HandleAdminAsync(context);
        others.IsOperator = _host.IsOperator;
        var work = services.GetRequiredService<NodeWork>();
        work.Roles = ["proxy", "events", "worker"];
        work.Address = settings.Cluster?.Address;
        work.Tenants = _host.WarmTenants;
        Listener = ListenerServer.Build(
            new ListenerPlan
            {
                Points = Points(options.Events, settings.Client.CertificateFolder, time, logs),
                Configure = kestrel => Configure(kestrel, options),
                BadRequest = static error => new FramingReply(error.StatusCode, "Bad Request\n"),
                Handler = _host.HandleIngestAsync,
            },
            logs);
    }

    /// <summary>Where events come in.</summary>
    public ListenerServer Listener { get; }

    /// <summary>Where events come in on the client listeners.</summary>
    public IngestDoor Door => new(PluginHost.IsIngestPath, _host.HandleIngestAsync);

    /// <summary>Reads the set-up and begins.</summary>
    /// <returns>Null, or why it cannot.</returns>
    public Task<string?> StartAsync() => _host.StartAsync(Environment.GetEnvironmentVariable, AppContext.BaseDirectory);

    /// <summary>Reads the set-up file again.</summary>
    /// <returns>True if it says something else than what runs.</returns>
    public Task<bool> ReloadAsync() => _host.ReloadAsync();

    /// <summary>What is wrong with the set-up file, before it is taken.</summary>
    public Task<IReadOnlyList<string>> FindSetupProblemsAsync() => _host.FindSetupProblemsAsync();

    /// <summary>Takes no more events.</summary>
    public void StopTaking() => _host.StopTaking();

    /// <summary>Ends the plugins; the listener is the host's to end.</summary>
    public async ValueTask DisposeAsync()
    {
        // The load first: it may go to this very process.
        await _gameDays.DisposeAsync();
        await _host.DisposeAsync();
        if (_cluster is not null)
            await _cluster.DisposeAsync();
    }

    // HTTP/2 is for browsers with many streams; senders of events have one request at a time.
    private static List<ListenPoint> Points(EventsOptions events, string certificates, TimeProvider time, ILoggerFactory logs)
    {
        var tls = new TlsHandshake(new CertificateStore(certificates, time, logs.CreateLogger<CertificatePair>()), http2: false, logs.CreateLogger<TlsHandshake>());
        return
        [
            .. events.Listen.Select(point =>
            {
                var address = new ListenAddress(point.Address, point.Port);
                return events.Tls.Contains(point) ? tls.ListenOn(address) : ListenPoint.Plain(address);
            }),
        ];
    }

    // The handler counts the bytes itself, so that the answer says which limit it is.
    private static void Configure(KestrelServerOptions kestrel, PluginsOptions options) => kestrel.Limits.MaxRequestBodySize = options.Events.MaxBody + 1L;
}
