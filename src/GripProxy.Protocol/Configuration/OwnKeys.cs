using static GripProxy.Protocol.Configuration.KnownKey;

namespace GripProxy.Protocol.Configuration;

/// <summary>The keys of GripProxy's own sections (own-config.md), a line each; those of the plugin part are in <see cref="PluginKeys"/>.</summary>
internal static class OwnKeys
{
    public static IReadOnlyList<KnownKey> All { get; } =
    [
        Used("control", "audience"),
        Used("control", "clock_skew"),
        Used("control", "allow_open"),
        Used("control", "health_listen"),
        Used("control", "trace_items"),
        Used("control", "trace_channels"),
        Used("control", "receipt_timeout"),

        Used("issuer:", "key"),
        Used("issuer:", "channels"),
        Used("bearer:", "token"),
        Used("bearer:", "channels"),
        Used("basic:", "password"),
        Used("basic:", "channels"),

        Used("channel:", "log_items"),
        Used("channel:", "log_bytes"),
        Used("channel:", "log_age"),
        Used("channel:", "latest"),
        Used("channel:", "overflow"),
        Used("channel:", "queue_bytes"),

        Used("cluster", "redis"),
        Used("cluster", "prefix"),
        Used("cluster", "node"),
        Used("cluster", "retention"),
        Used("cluster", "relay_bytes"),
        Used("cluster", "shards"),
        Used("cluster", "address"),
        Used("cluster", "key"),

        Used("origin", "connect_timeout"),
        Used("origin", "response_timeout"),
        Used("origin", "idle_timeout"),

        Used("client", "h2"),
        Used("client", "h2c"),
        Used("client", "wildcard_domains"),

        Used("limits", "connections_per_address"),
        Used("limits", "connection_rate"),
        Used("limits", "head_timeout"),
        Used("limits", "headers"),
        Used("limits", "body"),
        Used("limits", "body_rate"),
        Used("limits", "answer_rate"),
        Used("limits", "h2_resets"),
        Used("limits", "h2_control"),
        Used("limits", "channel_name"),
        Used("limits", "json_depth"),
        Used("limits", "ws_message"),
        Used("limits", "ws_control"),

        Used("signalr", "path"),
        Used("signalr", "authorize"),

        Used("dashboard", "listen"),

        Used("drain", "window"),
        Used("drain", "timeout"),
        Used("drain", "share_ports"),

        Used("telemetry", "otlp_endpoint"),
    ];
}
