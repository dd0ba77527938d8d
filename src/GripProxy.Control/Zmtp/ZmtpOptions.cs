using GripProxy.Protocol.Configuration;

namespace GripProxy.Control.Zmtp;

/// <summary>Settings of the ZeroMQ doors (CFG-13). Every door is off without its key, as in Pushpin.</summary>
public sealed class ZmtpOptions
{
    private const string Section = "handler";

    /// <summary><c>push_in_spec</c>: where PUSH peers publish (PUB-21), or null.</summary>
    public ZmtpEndpoint? Pull { get; init; }

    /// <summary><c>push_in_sub_specs</c>, and the old <c>push_in_sub_spec</c>: where publishers of PUB and XPUB are met (PUB-22).</summary>
    public IReadOnlyList<ZmtpEndpoint> Sub { get; init; } = [];

    /// <summary><c>push_in_sub_connect</c>: true if we connect to <see cref="Sub"/>; false, as in Pushpin, if we listen there.</summary>
    public bool SubConnects { get; init; }

    /// <summary><c>command_spec</c>: where commands are answered (PUB-40), or null.</summary>
    public ZmtpEndpoint? Command { get; init; }

    /// <summary><c>stats_spec</c>: where stats are sent (STA-01), or null.</summary>
    public ZmtpEndpoint? Stats { get; init; }

    /// <summary><c>ipc_file_mode</c>: permissions of the ipc sockets that are bound; null: what the process's mask leaves.</summary>
    public UnixFileMode? IpcFileMode { get; init; }

    /// <summary>Reads the settings. Problems are gathered in <paramref name="settings"/>: also a door off loopback, which nothing protects (DIF-67).</summary>
    public static ZmtpOptions Read(Settings settings)
    {
        var connects = settings.Bool(Section, "push_in_sub_connect", false);
        return new ZmtpOptions
        {
            Pull = ReadDoor(settings, "push_in_spec"),
            Sub = ReadSub(settings, connects),
            SubConnects = connects,
            Command = ReadDoor(settings, "command_spec"),
            Stats = ReadDoor(settings, "stats_spec"),
            IpcFileMode = ReadMode(settings),
        };
    }

    private static List<ZmtpEndpoint> ReadSub(Settings settings, bool connects)
    {
        var key = settings.List(Section, "push_in_sub_specs").Count > 0 ? "push_in_sub_specs" : "push_in_sub_spec";
        var specs = settings.List(Section, key);
        return [.. specs.Select(spec => ReadEndpoint(settings, key, spec, isBound: !connects)).OfType<ZmtpEndpoint>()];
    }

    private static ZmtpEndpoint? ReadDoor(Settings settings, string key)
    {
        var spec = settings.Text(Section, key).Trim();
        return spec.Length == 0 ? null : ReadEndpoint(settings, key, spec, isBound: true);
    }

    private static ZmtpEndpoint? ReadEndpoint(Settings settings, string key, string spec, bool isBound)
    {
        if (ZmtpEndpoint.TryParse(spec, out var error) is not { } endpoint)
        {
            settings.Report(ConfigSeverity.Error, Section, key, $"[{Section}] {key} is '{spec}': {error}");
            return null;
        }

        if (isBound && !endpoint.IsLocal)
        {
            settings.Report(
                ConfigSeverity.Warning,
                Section,
                key,
                $"[{Section}] {key} is '{spec}': whoever reaches that address needs no key there; ZeroMQ has no authentication here");
        }

        return endpoint;
    }

    private static UnixFileMode? ReadMode(Settings settings)
    {
        var text = settings.Text(Section, "ipc_file_mode").Trim();
        if (text.Length == 0)
            return null;
        if (text.Length <= 4 && !text.AsSpan().ContainsAnyExceptInRange('0', '7') && Convert.ToInt32(text, 8) is var mode and <= 0x1FF)
            return (UnixFileMode)mode;
        settings.Report(
            ConfigSeverity.Error, Section, "ipc_file_mode", $"[{Section}] ipc_file_mode is '{text}': expected three octal digits such as 660");
        return null;
    }
}
