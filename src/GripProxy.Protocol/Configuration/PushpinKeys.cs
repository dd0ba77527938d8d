using static GripProxy.Protocol.Configuration.KnownKey;

namespace GripProxy.Protocol.Configuration;

/// <summary>The keys of a Pushpin configuration file (CFG-10…13), a line each.</summary>
internal static class PushpinKeys
{
    private const string Metrics = "the metrics endpoint";
    private const string OneLog = "one log";
    private const string OneProcess = "there is one process";
    private const string Stats = "the stats stream";
    private const string Wiring = "there are no internal sockets";

    public static IReadOnlyList<KnownKey> All { get; } =
    [
        Used("global", "include"),
        Used("global", "rundir"),
        Used("global", "libdir"),
        Used("global", "ipc_prefix"),
        Used("global", "port_offset"),
        Later("global", "stats_connection_ttl", Stats),
        Later("global", "stats_connection_send", Stats),

        NotUsed("runner", "services", OneProcess),
        Used("runner", "http_port"),
        Used("runner", "https_ports"),
        Used("runner", "local_ports"),
        NotUsed("runner", "logdir", OneLog),
        Used("runner", "log_level"),
        Used("runner", "client_buffer_size"),
        Used("runner", "client_maxconn"),
        Used("runner", "allow_compression"),
        Used("runner", "rundir"),
        NotUsed("runner", "mongrel2_bin", OneProcess),
        NotUsed("runner", "m2sh_bin", OneProcess),
        NotUsed("runner", "zurl_bin", OneProcess),

        Used("proxy", "routesfile"),
        NotUsed("proxy", "workers", "every processor is used"),
        Used("proxy", "debug"),
        Used("proxy", "auto_cross_origin"),
        Used("proxy", "accept_x_forwarded_protocol"),
        Used("proxy", "set_x_forwarded_protocol"),
        Used("proxy", "x_forwarded_for"),
        Used("proxy", "x_forwarded_for_trusted"),
        Used("proxy", "orig_headers_need_mark"),
        Used("proxy", "accept_pushpin_route"),
        Used("proxy", "cdn_loop"),
        Used("proxy", "log_from"),
        Used("proxy", "log_user_agent"),
        Used("proxy", "sig_iss"),
        Used("proxy", "sig_key"),
        Used("proxy", "upstream_key"),
        Used("proxy", "sockjs_url"),
        NotUsed("proxy", "updates_check", "nothing is ever reported to anybody"),
        NotUsed("proxy", "organization_name", "nothing is ever reported to anybody"),
        NotUsed("proxy", "max_open_requests", "client_maxconn limits what is open"),
        NotUsed("proxy", "stats_connections_max_ttl", OneProcess),
        NotUsed("proxy", "stats_report_interval", OneProcess),
        Later("proxy", "prometheus_port", Metrics),
        Later("proxy", "prometheus_prefix", Metrics),
        NotUsed("proxy", "ipc_file_mode", Wiring),
        NotUsed("proxy", "stats_spec", Wiring),
        NotUsed("proxy", "command_spec", Wiring),
        NotUsed("proxy", "*_spec", Wiring),
        NotUsed("proxy", "*_specs", Wiring),

        Used("handler", "ipc_file_mode"),
        Used("handler", "push_in_spec"),
        Used("handler", "push_in_sub_specs"),
        Used("handler", "push_in_sub_spec"),
        Used("handler", "push_in_sub_connect"),
        Used("handler", "push_in_http_addr"),
        Used("handler", "push_in_http_port"),
        Used("handler", "push_in_http_max_headers_size"),
        Used("handler", "push_in_http_max_body_size"),
        Used("handler", "stats_spec"),
        Used("handler", "command_spec"),
        NotUsed("handler", "state_spec", "sessions need a service of their own, which GripProxy does not ask"),
        Used("handler", "message_rate"),
        Used("handler", "message_hwm"),
        Used("handler", "message_block_size"),
        Used("handler", "message_wait"),
        Used("handler", "id_cache_ttl"),
        Used("handler", "update_on_first_subscription"),
        Used("handler", "connection_subscription_max"),
        Used("handler", "subscription_linger"),
        Later("handler", "stats_subscription_ttl", Stats),
        Later("handler", "stats_report_interval", Stats),
        Later("handler", "stats_format", Stats),
        Later("handler", "prometheus_port", Metrics),
        Later("handler", "prometheus_prefix", Metrics),
        Used("handler", "share_all"),
        NotUsed("handler", "*_spec", Wiring),
        NotUsed("handler", "*_specs", Wiring),
    ];
}
