using GripProxy.Protocol.Configuration;
using GripProxy.Security.Access;

namespace GripProxy.Control;

/// <summary>Reads the sections that say who may use the control port (own-config.md).</summary>
internal static class ControlKeySettings
{
    public static ControlKeysConfig Read(Settings settings) => new()
    {
        Audience = settings.Text("control", "audience"),
        ClockSkew = TimeSpan.FromSeconds(settings.Int("control", "clock_skew", 30, min: 0)),
        Issuers = [.. settings.Names("issuer").Select(name => Issuer(settings, name, "issuer:" + name))],
        Bearers = [.. settings.Names("bearer").Select(name => Bearer(settings, name, "bearer:" + name))],
        Basics = [.. settings.Names("basic").Select(name => Basic(settings, name, "basic:" + name))],
    };

    // Not Settings.Secret: a key file may be PEM or a key set, which the key reader tells apart and watches.
    private static IssuerConfig Issuer(Settings settings, string name, string section) =>
        new(name, settings.Text(section, "key"), settings.DirectoryOf(section, "key"), Channels(settings, section));

    private static BearerConfig Bearer(Settings settings, string name, string section) =>
        new(name, settings.Secret(section, "token") ?? "", Channels(settings, section));

    private static BasicConfig Basic(Settings settings, string name, string section) =>
        new(name, settings.Secret(section, "password") ?? "", Channels(settings, section));

    private static IReadOnlyList<string>? Channels(Settings settings, string section)
    {
        if (!settings.Has(section, "channels"))
            return null;
        var patterns = settings.List(section, "channels");
        if (patterns.Count == 0)
        {
            // Nothing and everything are too far apart to guess.
            settings.Report(
                ConfigSeverity.Error, section, "channels", $"[{section}] channels is empty: expected patterns, or no such line for all channels");
        }

        return patterns;
    }
}
