using System.Net;
using GripProxy.Protocol.Configuration;

namespace GripProxy.Dashboard;

/// <summary>Settings of the live page for operators (own-config.md, [dashboard]). Immutable.</summary>
public sealed class DashboardOptions
{
    private static readonly string[] KindsOfKeys = ["issuer", "bearer", "basic"];

    /// <summary>Where it listens.</summary>
    public required IPEndPoint Listen { get; init; }

    /// <summary>Reads the settings; null: there is no dashboard. Problems are gathered in <paramref name="settings"/>.</summary>
    public static DashboardOptions? Read(Settings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var text = settings.Text("dashboard", "listen").Trim();
        if (text.Length == 0)
            return null;
        // IPEndPoint takes an address alone as port 0, so the colon of the port has to be there.
        var colon = text.LastIndexOf(':');
        if (colon <= 0 || !char.IsAsciiDigit(text[^1]) || text[colon - 1] == ':' || !IPEndPoint.TryParse(text, out var listen) || listen.Port == 0)
        {
            settings.Report(
                ConfigSeverity.Error, "dashboard", "listen", $"[dashboard] listen is '{text}': expected address and port, as 127.0.0.1:7997 or [::1]:7997");
            return null;
        }

        if (!IPAddress.IsLoopback(listen.Address) && !KindsOfKeys.SelectMany(settings.Names).Any())
        {
            settings.Report(
                ConfigSeverity.Error,
                "dashboard",
                "listen",
                $"the dashboard would be open to everybody at {listen}: no key is set. Expected a loopback address, or a key ([issuer:NAME], [bearer:NAME] or [basic:NAME])");
        }

        return new DashboardOptions { Listen = listen };
    }
}
