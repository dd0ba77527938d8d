using System.Globalization;

namespace GripProxy.Protocol.Routes;

/// <summary>Reads a target of a route line with its options (RTE-03, routes.md §4). Lives for one target.</summary>
internal sealed class TargetReader(Action<string> warn)
{
    private readonly List<string> _subscriptions = [];

    /// <summary>Gives the target, or null and the text that says what is wrong.</summary>
    public TargetConfig? Read(RouteSection section, out string? error)
    {
        if (ReadAddress(section.Value, out error) is not { } target)
            return null;

        foreach (var prop in section.Props)
            target = Apply(target, prop);
        return target with { Subscriptions = _subscriptions };
    }

    private static TargetConfig? ReadAddress(string value, out string? error)
    {
        error = null;
        if (value == "test")
            return new TargetConfig { Kind = TargetKind.Test };

        if (value.StartsWith("zhttp/", StringComparison.Ordinal) || value.StartsWith("zhttpreq/", StringComparison.Ordinal))
        {
            error = "zhttp and zhttpreq targets are not supported: expected host:port of an HTTP server, or test";
            return null;
        }

        var colon = value.LastIndexOf(':');
        var host = colon < 0 ? "" : value[..colon];
        if (host is ['[', .. var inner, ']'])
            host = inner.Contains(':', StringComparison.Ordinal) ? inner : "";
        else if (host.AsSpan().IndexOfAny(":[]/") >= 0)
            host = "";
        if (host.Length == 0)
        {
            error = "target bad format: expected host:port, such as localhost:8000";
            return null;
        }

        if (!int.TryParse(value.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port is < 1 or > 65535)
        {
            error = "target invalid port: expected a number from 1 to 65535 after the colon";
            return null;
        }

        return new TargetConfig { Kind = TargetKind.Address, Host = host, Port = port };
    }

    private TargetConfig Apply(TargetConfig target, RouteProp prop)
    {
        switch (prop.Name)
        {
            case "host":
                return target with { HostHeader = NullIfEmpty(prop.Value) };
            case "client_cert":
                return target with { ClientCertificate = NullIfEmpty(prop.Value) };
            case "client_key":
                return target with { ClientKey = NullIfEmpty(prop.Value) };
            case "sub":
                if (prop.Value.Length == 0)
                    warn("option 'sub' is not used here: expected sub=<channel>");
                else
                    _subscriptions.Add(prop.Value);
                return target;
            case "ipc_file_mode":
                warn("option 'ipc_file_mode' is not used: it belongs to zhttp targets, which are not supported");
                return target;
        }

        var flagged = prop.Name switch
        {
            "ssl" => target with { Ssl = true },
            "insecure" => target with { Insecure = true },
            "trust_connect_host" => target with { TrustConnectHost = true },
            "untrusted" => target with { Untrusted = true },
            "over_http" => target with { OverHttp = true },
            "one_event" => target with { OneEvent = true },
            "h2" => target with { Http2 = true },
            "auto_pong" => target with { AutoPong = true },
            _ => null,
        };
        if (flagged is null)
            warn(RouteOptionNames.NotOfTarget(prop.Name));
        else if (prop.HasValue)
            warn($"option '{prop.Name}' takes no value; it is set");
        return flagged ?? target;
    }

    private static string? NullIfEmpty(string value) => value.Length == 0 ? null : value;
}
