using System.Runtime.CompilerServices;
using GripProxy.Channels;
using GripProxy.Control;
using GripProxy.Dashboard;
using GripProxy.Forwarding;
using GripProxy.Forwarding.Routing;
using GripProxy.Holds;
using GripProxy.Plugins;
using GripProxy.Protocol.Configuration;
using GripProxy.Proxy.Listeners;
using GripProxy.Proxy.Telemetry;
using GripProxy.Redis;
using GripProxy.SignalR;

namespace GripProxy.Proxy;

/// <summary>The settings of every part, as <see cref="ProxyHost"/> needs them.</summary>
public sealed class ProxyOptions
{
    /// <summary>Client listeners.</summary>
    public required ClientListenerOptions Client { get; init; }

    /// <summary>Where routes come from.</summary>
    public required RoutingOptions Routing { get; init; }

    /// <summary>How requests are passed on.</summary>
    public required ForwardingOptions Forwarding { get; init; }

    /// <summary>The control port and who may use it.</summary>
    public required ControlOptions Control { get; init; }

    /// <summary>Where Prometheus asks.</summary>
    public IReadOnlyList<MetricsListen> Metrics { get; init; } = [];

    /// <summary>Where metrics and traces are sent.</summary>
    public TelemetryOptions Telemetry { get; init; } = new(Endpoint: null);

    /// <summary>Channels and publishing.</summary>
    public required ChannelsOptions Channels { get; init; }

    /// <summary>The cluster, or null: this node is alone.</summary>
    public ClusterOptions? Cluster { get; init; }

    /// <summary>Held connections.</summary>
    public required HoldsOptions Holds { get; init; }

    /// <summary>How long the end takes.</summary>
    public DrainOptions Drain { get; init; } = new();

    /// <summary>Events and plugins, or null where they are not enabled: then nothing of that part is even loaded.</summary>
    public PluginsOptions? Plugins { get; init; }

    /// <summary>Set where this node only makes load for game days: data folder and token. Then it serves no clients and has no <see cref="Plugins"/>.</summary>
    public PluginsOptions? LoadGenerator { get; init; }

    /// <summary>The hub for SignalR clients, or null: there is none, and nothing of it is even loaded.</summary>
    public SignalROptions? SignalR { get; init; }

    /// <summary>The live page for operators, or null: there is none, and nothing of it is even loaded.</summary>
    public DashboardOptions? Dashboard { get; init; }

    /// <summary>All that was written, without secrets, for the dashboard.</summary>
    public IReadOnlyList<SettingView> Configuration { get; init; } = [];

    /// <summary>Reads all parts. What is wrong is found in the settings' problems; errors there mean that these must not be used.</summary>
    /// <param name="settings">File, environment and flags.</param>
    /// <param name="routes">Values of <c>--route</c>.</param>
    public static ProxyOptions Read(Settings settings, IReadOnlyList<string> routes)
    {
        if (settings.Text("proxy", "sig_key") == "changeme")
            settings.Report(ConfigSeverity.Warning, "proxy", "sig_key", "sig_key=changeme is everybody's: origins cannot tell us from others; set a secret of your own there and at the origins");

        var control = ControlOptions.Read(settings);
        var onlyLoads = ReadRole(settings, control);
        return new ProxyOptions
        {
            Client = ClientListenerOptions.Read(settings),
            Routing = RoutingOptions.Read(settings, routes),
            Forwarding = ForwardingOptions.Read(settings),
            Control = control,
            Metrics = MetricsListen.Read(settings, control.Zmtp.IpcFileMode),
            Telemetry = TelemetryOptions.Read(settings),
            Channels = ChannelsOptions.Read(settings),
            Cluster = ClusterOptions.Read(settings),
            Holds = HoldsOptions.Read(settings),
            Drain = DrainOptions.Read(settings),
            Plugins = settings.Bool("plugins", "enabled", false) && !onlyLoads ? ReadPlugins(settings) : null,
            LoadGenerator = onlyLoads ? ReadPlugins(settings) : null,
            SignalR = ReadSignalR(settings),
            Dashboard = ReadDashboard(settings),
            Configuration = settings.Describe(),
        };
    }

    /// <summary>True if this node only makes load.</summary>
    private static bool ReadRole(Settings settings, ControlOptions control)
    {
        var role = settings.Text("plugins", "role", "all");
        if (role is not ("all" or "loadgen"))
            settings.Report(ConfigSeverity.Error, "plugins", "role", $"[plugins] role is '{role}': expected all or loadgen");
        if (role == "loadgen" && control.Listen is null)
            settings.Report(ConfigSeverity.Error, "plugins", "role", "[plugins] role is loadgen, but there is no control port, by which it is told what to do: set [handler] push_in_http_port");
        return role == "loadgen";
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static PluginsOptions ReadPlugins(Settings settings) => PluginsOptions.Read(settings);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static SignalROptions? ReadSignalR(Settings settings) => SignalROptions.Read(settings);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static DashboardOptions? ReadDashboard(Settings settings) => DashboardOptions.Read(settings);
}
