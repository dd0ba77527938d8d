using static GripProxy.Protocol.Configuration.KnownKey;

namespace GripProxy.Protocol.Configuration;

/// <summary>The keys of the plugin part (plugins.md, plugins-http.md, plugins-api.md; names by own-config.md), a line each.</summary>
internal static class PluginKeys
{
    private const string Events = "this part of taking in events";
    private const string Plugins = "this part of the plugins";

    public static IReadOnlyList<KnownKey> All { get; } =
    [
        Used("plugins", "enabled"),
        Used("plugins", "data"),
        Later("plugins", "admin_token", Plugins),
        Later("plugins", "secret_key", Plugins),
        Used("plugins", "config_file"),
        Later("plugins", "require_approval", Plugins),
        Later("plugins", "packages_dir", Plugins),
        Later("plugins", "modules_dir", Plugins),
        Used("plugins", "runtime_path"),
        Used("plugins", "worker_timeout_ms"),
        Used("plugins", "worker_hang_ms"),
        Used("plugins", "worker_heap_mb"),
        Used("plugins", "worker_rss_mb"),
        Used("plugins", "worker_max_threads"),
        Later("plugins", "worker_cpu_percent", Plugins),
        Used("plugins", "worker_max_requests"),
        Used("plugins", "worker_max_frame"),
        Used("plugins", "worker_tasks"),
        Later("plugins", "worker_replicas", Plugins),
        Later("plugins", "worker_max_replicas", Plugins),
        Used("plugins", "worker_idle_s"),
        Used("plugins", "worker_launcher"),
        Used("plugins", "worker_v8_flags"),
        Used("plugins", "strikes"),
        Used("plugins", "strike_window_s"),
        Used("plugins", "trip_s"),
        Used("plugins", "start_wait_ms"),
        Used("plugins", "setup_fail_fast"),
        Used("plugins", "batch_max"),
        Later("plugins", "invoke_timeout_ms", Plugins),
        Later("plugins", "runs_max_s", Plugins),
        Used("plugins", "queue_max_events"),
        Used("plugins", "queue_max_bytes"),
        Used("plugins", "queue_sync"),
        Used("plugins", "dlq_max"),
        Used("plugins", "dlq_days"),
        Used("plugins", "log_rate"),
        Used("plugins", "log_line"),
        Later("plugins", "capture_max", Plugins),
        Later("plugins", "capture_max_depth", Plugins),
        Used("plugins", "publish_rate"),
        Used("plugins", "egress_ports"),
        Used("plugins", "egress_allow_private"),
        Used("plugins", "egress_allow"),
        Used("plugins", "egress_deny"),
        Used("plugins", "egress_declared_only"),
        Used("plugins", "egress_rewrite"),
        Used("plugins", "egress_proxy"),
        Later("plugins", "geoip_database", Plugins),
        Later("plugins", "grip_targets", Plugins),
        Later("plugins", "jobs_skip_when_disabled", Plugins),
        Later("plugins", "pipeline_order", Plugins),
        Used("plugins", "pipeline_annotate"),
        Later("plugins", "profiles_enabled", Plugins),
        Later("plugins", "gameday_allow_production", Plugins),

        Used("events", "listen"),
        Used("events", "max_body"),
        Used("events", "max_event"),
        Used("events", "max_batch"),
        Later("events", "dedup_s", Events),
        Used("events", "trusted_proxies"),
        Used("events", "keep_missing_properties"),
    ];
}
