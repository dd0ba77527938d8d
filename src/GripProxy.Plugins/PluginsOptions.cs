using System.Globalization;
using GripProxy.Plugins.Capture;
using GripProxy.Plugins.Egress;
using GripProxy.Plugins.Engine;
using GripProxy.Plugins.Events;
using GripProxy.Plugins.Pipeline;
using GripProxy.Plugins.Supervision;
using GripProxy.Plugins.Targets;
using GripProxy.Protocol.Configuration;

namespace GripProxy.Plugins;

/// <summary>Settings of the plugin part: <c>[plugins]</c> and <c>[events]</c> (own-config.md).</summary>
public sealed class PluginsOptions
{
    private const int ShortestSecretKey = 32;

    private const int ShortestAdminToken = 20;

    /// <summary>Whether there are plugins at all. Off: no runtime is looked for, nothing listens, no file is written.</summary>
    public bool Enabled { get; init; }

    /// <summary>Folder of the embedded stores.</summary>
    public string Data { get; init; } = "data";

    /// <summary>Token of the operator, or empty: the one in <c>operator.token</c> of the data folder, which is made at the first start.</summary>
    public string AdminToken { get; init; } = "";

    /// <summary>Folder whose packages operators may install by path, or empty: none.</summary>
    public string PackagesFolder { get; init; } = "";

    /// <summary>Folder of modules that plugins may import beside those that are offered, or empty: none. Read at the start.</summary>
    public string ModulesFolder { get; init; } = "";

    /// <summary>File that describes tenants and plugins, or empty: there is the tenant <c>default</c> without any.</summary>
    public string ConfigFile { get; init; } = "";

    /// <summary>Encrypts what is kept of configurations, or empty: a key is made and kept in <see cref="Data"/>.</summary>
    public string SecretKey { get; init; } = "";

    /// <summary>A package runs only after an operator has approved of it. Off: whoever may install may run.</summary>
    public bool RequireApproval { get; init; }

    /// <summary>The Deno program, or empty: it is looked for.</summary>
    public string RuntimePath { get; init; } = "";

    /// <summary>Words in front of the runtime's command line: a stronger wall.</summary>
    public IReadOnlyList<string> Launcher { get; init; } = [];

    /// <summary>Further flags of the JavaScript engine.</summary>
    public IReadOnlyList<string> V8Flags { get; init; } = [];

    /// <summary>What a cell may use up.</summary>
    public WorkerLimits Limits { get; init; } = new();

    /// <summary>When cells start and stop.</summary>
    public SupervisionOptions Supervision { get; init; } = new();

    /// <summary>How events are given to cells.</summary>
    public DispatchOptions Dispatch { get; init; } = new();

    /// <summary>Time within which a function that somebody waits for has to answer. Five seconds: people give up soon after.</summary>
    public TimeSpan Invoke { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Time that a long run may take; zero: any. An hour: what takes longer has most often lost its way.</summary>
    public TimeSpan Run { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Where and how events come in.</summary>
    public EventsOptions Events { get; init; } = new();

    /// <summary>Events of one tenant that may wait.</summary>
    public long QueueEvents { get; init; } = 100_000;

    /// <summary>Bytes of all tenants' events that may wait.</summary>
    public long QueueBytes { get; init; } = 512L * 1024 * 1024;

    /// <summary>Dead letters of one tenant that are kept; the oldest go first.</summary>
    public int DeadLetters { get; init; } = 10_000;

    /// <summary>Days that dead letters are kept.</summary>
    public int DeadLetterDays { get; init; } = 14;

    /// <summary>True: jobs that fall due while their plugin is off are dropped; false: they wait for it.</summary>
    public bool JobsSkipWhenDisabled { get; init; }

    /// <summary>True: what installs do every minute, hour or day is spread over the first fifth of that time; false: all begin with it.</summary>
    public bool ScheduleSpread { get; init; } = true;

    /// <summary>True: accepted events survive a power loss too, at the price of a disk write for each commit. Off: they survive the end of the process.</summary>
    public bool QueueFullSync { get; init; }

    /// <summary>True: what events tell of users is kept, for plugins to look at. Off: it is personal data.</summary>
    public bool Profiles { get; init; }

    /// <summary>True: game days may run against tenants that are not marked as a test. Off: load of a test has no business in production.</summary>
    public bool AllowsProductionGameDays { get; init; }

    /// <summary>Other GRIP proxies that get every item.</summary>
    public IReadOnlyList<GripTarget> Targets { get; init; } = [];

    /// <summary>Database of locations in the MaxMind format, or empty: none.</summary>
    public string GeoDatabase { get; init; } = "";

    /// <summary>What plugins may reach.</summary>
    public EgressOptions Egress { get; init; } = new();

    /// <summary>Calls of <c>grip.publish</c> of one tenant a second. A thousand: more is a loop.</summary>
    public int PublishRate { get; init; } = 1000;

    /// <summary>What plugins may capture.</summary>
    public CaptureOptions Capture { get; init; } = new();

    /// <summary>Published events tell which plugins they passed.</summary>
    public bool Annotate { get; init; } = true;

    /// <summary>Reads the settings; problems are gathered in <paramref name="settings"/>.</summary>
    public static PluginsOptions Read(Settings settings)
    {
        var sync = settings.Text("plugins", "queue_sync", "normal");
        var order = settings.Text("plugins", "pipeline_order", "relaxed");
        if (order is not ("relaxed" or "strict"))
            settings.Report(ConfigSeverity.Error, "plugins", "pipeline_order", $"[plugins] pipeline_order is '{order}': expected relaxed or strict");
        if (sync is not ("normal" or "full"))
            settings.Report(ConfigSeverity.Error, "plugins", "queue_sync", $"[plugins] queue_sync is '{sync}': expected normal or full");
        var replicas = ReadReplicas(settings);
        return new PluginsOptions
        {
            Enabled = settings.Bool("plugins", "enabled", false),
            Data = Resolve(settings, "data", "data"),
            AdminToken = ReadAdminToken(settings),
            PackagesFolder = Resolve(settings, "packages_dir", ""),
            ModulesFolder = Resolve(settings, "modules_dir", ""),
            ConfigFile = Resolve(settings, "config_file", ""),
            SecretKey = ReadSecretKey(settings),
            RequireApproval = settings.Bool("plugins", "require_approval", false),
            RuntimePath = Resolve(settings, "runtime_path", ""),
            Launcher = settings.List("plugins", "worker_launcher"),
            V8Flags = settings.List("plugins", "worker_v8_flags"),
            Limits = ReadLimits(settings),
            Supervision = new SupervisionOptions
            {
                Isolation = ReadIsolation(settings),
                AllowShared = settings.Bool("plugins", "allow_shared", false),
                Idle = Seconds(settings, "worker_idle_s", 600, 0),
                Replicas = replicas,
                MostReplicas = settings.Int("plugins", "worker_max_replicas", Math.Max(replicas, Environment.ProcessorCount), min: 1),
                Strikes = settings.Int("plugins", "strikes", 3, min: 1),
                StrikeWindow = Seconds(settings, "strike_window_s", 600, 1),
                Trip = Seconds(settings, "trip_s", 300, 1),
                StartWait = Milliseconds(settings, "start_wait_ms", 5000, 0),
                SetupFailFast = settings.Bool("plugins", "setup_fail_fast", true),
            },
            Dispatch = new DispatchOptions
            {
                Batch = settings.Int("plugins", "batch_max", 100, min: 1, max: 10_000),
                Tasks = settings.Int("plugins", "worker_tasks", 10, min: 1, max: 1000),
                Strict = order == "strict",
            },
            // What a timer of the runtime can count.
            Run = TimeSpan.FromSeconds(settings.Int("plugins", "runs_max_s", 3600, min: 0, max: 2_147_483)),
            Invoke = Milliseconds(settings, "invoke_timeout_ms", 5000, 1),
            Events = EventsOptions.Read(settings),
            QueueEvents = settings.Int("plugins", "queue_max_events", 100_000, min: 1),
            QueueBytes = settings.Int("plugins", "queue_max_bytes", 512 * 1024 * 1024, min: 1),
            DeadLetters = settings.Int("plugins", "dlq_max", 10_000, min: 0),
            DeadLetterDays = settings.Int("plugins", "dlq_days", 14, min: 1, max: 36_500),
            JobsSkipWhenDisabled = settings.Bool("plugins", "jobs_skip_when_disabled", false),
            ScheduleSpread = settings.Bool("plugins", "schedule_spread", true),
            QueueFullSync = sync == "full",
            Profiles = settings.Bool("plugins", "profiles_enabled", false),
            AllowsProductionGameDays = settings.Bool("plugins", "gameday_allow_production", false),
            Targets = GripTargetsFile.Read(settings),
            GeoDatabase = Resolve(settings, "geoip_database", ""),
            Egress = EgressOptions.Read(settings),
            PublishRate = settings.Int("plugins", "publish_rate", 1000, min: 1),
            Capture = new CaptureOptions
            {
                MostPerEvent = settings.Int("plugins", "capture_max", 100, min: 0),
                MaxDepth = settings.Int("plugins", "capture_max_depth", 5, min: 0),
            },
            Annotate = settings.Bool("plugins", "pipeline_annotate", true),
        };
    }

    private static int ReadReplicas(Settings settings)
    {
        if (settings.Text("plugins", "worker_replicas", "1").Trim() is var text && text == "auto")
            return SupervisionOptions.AsLoadAsks;
        var replicas = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
        if (replicas == 0)
            settings.Report(ConfigSeverity.Error, "plugins", "worker_replicas", $"[plugins] worker_replicas is '{text}': expected auto or a number from 1");
        else if (settings.Text("plugins", "worker_max_replicas", "") is { Length: > 0 } && settings.Int("plugins", "worker_max_replicas", replicas, min: 1) is var most && most < replicas)
            settings.Report(ConfigSeverity.Error, "plugins", "worker_replicas", $"[plugins] worker_replicas is {replicas}: expected at most worker_max_replicas, which is {most}");
        return Math.Max(1, replicas);
    }

    private static CellIsolation ReadIsolation(Settings settings)
    {
        switch (settings.Text("plugins", "isolation", "tenant"))
        {
            case "tenant":
                return CellIsolation.Tenant;
            case "plugin":
                return CellIsolation.Plugin;
            case "shared":
                return CellIsolation.Shared;
            case var other:
                settings.Report(ConfigSeverity.Error, "plugins", "isolation", $"[plugins] isolation is '{other}': expected tenant, plugin or shared");
                return CellIsolation.Tenant;
        }
    }

    private static string ReadSecretKey(Settings settings)
    {
        var key = (settings.Secret("plugins", "secret_key") ?? "").Trim();
        if (key.Length is > 0 and < ShortestSecretKey)
            settings.Report(ConfigSeverity.Error, "plugins", "secret_key", $"[plugins] secret_key has {key.Length} characters: expected {ShortestSecretKey} or more, for example from `openssl rand -base64 32`");
        else if (key.Length == 0 && settings.Secret("cluster", "redis") is { Length: > 0 })
            settings.Report(ConfigSeverity.Error, "plugins", "secret_key", "[plugins] secret_key is missing: with [cluster] redis all nodes need the same one, for example from `openssl rand -base64 32`");
        return key;
    }

    private static string ReadAdminToken(Settings settings)
    {
        var token = settings.Text("plugins", "admin_token", "").Trim();
        if (token.Length is > 0 and < ShortestAdminToken)
            settings.Report(ConfigSeverity.Error, "plugins", "admin_token", $"[plugins] admin_token has {token.Length} characters: expected at least {ShortestAdminToken}, so that nobody guesses it");
        return token;
    }

    private static WorkerLimits ReadLimits(Settings settings) => new()
    {
        Call = Milliseconds(settings, "worker_timeout_ms", 30_000, 1),
        Hang = Milliseconds(settings, "worker_hang_ms", 32_000, 1),
        HeapMegabytes = settings.Int("plugins", "worker_heap_mb", 128, min: 16),
        ResidentMegabytes = settings.Int("plugins", "worker_rss_mb", 384, min: 64),
        Threads = settings.Int("plugins", "worker_max_threads", 32, min: 8),
        ProcessorPercent = settings.Int("plugins", "worker_cpu_percent", 100, min: 1, max: 100_000),
        FrameBytes = settings.Int("plugins", "worker_max_frame", 16 * 1024 * 1024, min: 65_536),
        Requests = settings.Int("plugins", "worker_max_requests", 100, min: 1),
        LogLinesPerSecond = settings.Int("plugins", "log_rate", 100, min: 1),
        LogLine = settings.Int("plugins", "log_line", 8192, min: 80),
    };

    private static string Resolve(Settings settings, string key, string fallback)
    {
        var text = settings.Text("plugins", key, fallback).Trim();
        return text.Length == 0 ? "" : Path.GetFullPath(Path.Combine(settings.DirectoryOf("plugins", key), text));
    }

    private static TimeSpan Seconds(Settings settings, string key, int fallback, int min) =>
        TimeSpan.FromSeconds(settings.Int("plugins", key, fallback, min));

    private static TimeSpan Milliseconds(Settings settings, string key, int fallback, int min) =>
        TimeSpan.FromMilliseconds(settings.Int("plugins", key, fallback, min));
}
