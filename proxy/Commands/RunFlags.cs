using GripProxy.Protocol.Configuration;
using GripProxy.Proxy.Logging;

namespace GripProxy.Proxy.Commands;

/// <summary>Pushpin's options, checked (CLI-01). Immutable.</summary>
internal sealed record RunFlags
{
    /// <summary><c>--config</c>; null: search (CFG-01).</summary>
    public string? Config { get; init; }

    /// <summary><c>--logfile</c>; null: standard output.</summary>
    public string? LogFile { get; init; }

    /// <summary><c>--loglevel</c> or <c>--verbose</c>; null: as configured.</summary>
    public LogLevels? LogLevels { get; init; }

    /// <summary><c>--port</c>; null: as configured.</summary>
    public string? Port { get; init; }

    /// <summary><c>--id</c>; null: none (CLI-02).</summary>
    public int? Id { get; init; }

    /// <summary><c>--route</c>, in order; if there is any, the routes file is not read (RTE-41).</summary>
    public IReadOnlyList<string> Routes { get; init; } = [];

    /// <summary>What stands in for keys of the file: one plain listener instead of all configured ones (OBS-06).</summary>
    public IReadOnlyList<SettingOverride> Overrides => Port is null
        ? []
        :
        [
            new("runner", "http_port", Port, "--port"),
            new("runner", "https_ports", "", "--port"),
            new("runner", "local_ports", "", "--port"),
        ];
}
