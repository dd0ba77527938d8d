namespace GripProxy.Protocol.Configuration;

/// <summary>Where the main file is looked for when none is named (CFG-01, own-config.md).</summary>
public static class ConfigFileLookup
{
    /// <summary>The places, in order.</summary>
    public static IReadOnlyList<string> Places { get; } =
    [
        "./gripproxy.conf",
        "./conf/gripproxy.conf",
        "./config/pushpin.conf",
        "./pushpin.conf",
        "./examples/config/pushpin.conf",
        "/etc/gripproxy/gripproxy.conf",
        "/etc/pushpin/pushpin.conf",
    ];

    /// <summary>The error when none of them exists.</summary>
    public static string NotFound => $"no configuration file found. Tried: {string.Join(' ', Places)}";

    /// <summary>The first place where a file exists, or null.</summary>
    public static string? Find(Func<string, bool> exists) => Places.FirstOrDefault(exists);
}
