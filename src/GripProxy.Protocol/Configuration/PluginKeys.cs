using static GripProxy.Protocol.Configuration.KnownKey;

namespace GripProxy.Protocol.Configuration;

/// <summary>The keys of the plugin part (plugins.md, plugins-http.md, plugins-api.md; names by own-config.md), a line each.</summary>
internal static class PluginKeys
{
    private const string Events = "taking in events";
    private const string Plugins = "the plugin engine";

    public static IReadOnlyList<KnownKey> All { get; } =
    [
        Later("plugins", "enabled", Plugins),
        Later("plugins", "data", Plugins),
        Later("plugins", "admin_token", Plugins),
        Later("plugins", "secret_key", Plugins),
        Later("plugins", "config_file", Plugins),
        Later("plugins", "require_approval", Plugins),
        Later("plugins", "packages_dir", Plugins),
        Later("plugins", "modules_dir", Plugins),
        Later("plugins", "runtime_path", Plugins),
        Later("plugins", "worker_timeout_ms", Plugins),
        Later("plugins", "worker_hang_ms", Plugins),
        Later("plugins", "worker_heap_mb", Plugins),
        Later("plugins", "worker_rss_mb", Plugins),
        Later("plugins", "worker_max_threads", Plugins),
        Later("plugins", "worker_cpu_percent", Plugins),
        Later("plugins", "worker_max_requests", Plugins),
        Later("plugins", "worker_max_frame", Plugins),
        Later("plugins", "worker_tasks", Plugins),
        Later("plugins", "worker_replicas", Plugins),
        Later("plugins", "worker_max_replicas", Plugins),
        Later("plugins", "worker_idle_s", Plugins),
        Later("plugins", "worker_launcher", Plugins),
        Later("plugins", "worker_v8_flags", Plugins),
        Later("plugins", "strikes", Plugins),
        Later("plugins", "strike_window_s", Plugins),
        Later("plugins", "trip_s", Plugins),
        Later("plugins", "start_wait_ms", Plugins),
        Later("plugins", "setup_fail_fast", Plugins),
        Later("plugins", "batch_max", Plugins),
        Later("plugins", "invoke_timeout_ms", Plugins),
        Later("plugins", "runs_max_s", Plugins),
        Later("plugins", "queue_max_events", Plugins),
        Later("plugins", "queue_max_bytes", Plugins),
        Later("plugins", "dlq_max", Plugins),
        Later("plugins", "dlq_days", Plugins),
        Later("plugins", "log_rate", Plugins),
        Later("plugins", "log_line", Plugins),
        Later("plugins", "capture_max", Plugins),
        Later("plugins", "capture_max_depth", Plugins),
        Later("plugins", "publish_rate", Plugins),
        Later("plugins", "egress_ports", Plugins),
        Later("plugins", "egress_allow_private", Plugins),
        Later("plugins", "egress_allow", Plugins),
        Later("plugins", "egress_deny", Plugins),
        Later("plugins", "egress_declared_only", Plugins),
        Later("plugins", "egress_rewrite", Plugins),
        Later("plugins", "egress_proxy", Plugins),
        Later("plugins", "geoip_database", Plugins),
        Later("plugins", "grip_targets", Plugins),
        Later("plugins", "jobs_skip_when_disabled", Plugins),
        Later("plugins", "pipeline_order", Plugins),
        Later("plugins", "pipeline_annotate", Plugins),
        Later("plugins", "profiles_enabled", Plugins),
        Later("plugins", "gameday_allow_production", Plugins),

        Later("events", "listen", Events),
        Later("events", "max_body", Events),
        Later("events", "max_event", Events),
        Later("events", "max_batch", Events),
        Later("events", "dedup_s", Events),
        Later("events", "trusted_proxies", Events),
        Later("events", "keep_missing_properties", Events),
    ];
}
