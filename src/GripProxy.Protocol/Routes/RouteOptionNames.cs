using System.Collections.Frozen;
using GripProxy.Protocol.Configuration;

namespace GripProxy.Protocol.Routes;

/// <summary>Which options stand where, so that an unknown or misplaced one gets a useful warning (DIF-41). Immutable.</summary>
internal static class RouteOptionNames
{
    private static readonly FrozenSet<string> Condition = FrozenSet.Create(
        StringComparer.Ordinal,
        "proto", "ssl", "id", "path_beg", "path_rem", "replace_beg", "as_host", "sig_iss", "sig_key", "prefix", "orig_headers", "header", "debug",
        "aco", "jsonp_mode", "jsonp_cb", "jsonp_body", "jsonp_defcb", "jsonp_defmethod", "session", "sockjs", "sockjs_as_path", "no_grip",
        "log_level", "ingest");

    private static readonly FrozenSet<string> Target = FrozenSet.Create(
        StringComparer.Ordinal,
        "ssl", "insecure", "host", "trust_connect_host", "untrusted", "sub", "over_http", "one_event", "client_cert", "client_key",
        "ipc_file_mode", "h2", "auto_pong");

    /// <summary>The warning for an option that the condition does not have.</summary>
    public static string NotOfCondition(string name) => Target.Contains(name)
        ? $"option '{name}' is not used here; it belongs after a target"
        : Unknown(name, Condition);

    /// <summary>The warning for an option that a target does not have.</summary>
    public static string NotOfTarget(string name) => Condition.Contains(name)
        ? $"option '{name}' is not used here; it belongs after the domain"
        : Unknown(name, Target);

    private static string Unknown(string name, IEnumerable<string> known) =>
        $"unknown option '{name}' is not used{(Spelling.Closest(name, known) is { } close ? $"; did you mean '{close}'?" : "")}";
}
