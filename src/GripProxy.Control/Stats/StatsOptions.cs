using System.Globalization;
using GripProxy.Protocol.Configuration;

namespace GripProxy.Control.Stats;

/// <summary>Settings of the stats stream (STA-01 to STA-08). Where it goes is in <see cref="Zmtp.ZmtpOptions"/>.</summary>
public sealed class StatsOptions
{
    /// <summary>
    /// Seconds after which whoever reads may take a connection for gone that was not named again. 120 as in Pushpin: few messages, and a crash is
    /// noticed within minutes.
    /// </summary>
    public int ConnectionTtl { get; init; } = 120;

    /// <summary>Whether single connections are named. True as in Pushpin.</summary>
    public bool SendsConnections { get; init; } = true;

    /// <summary>As <see cref="ConnectionTtl"/>, for subscriptions. 60 as in Pushpin.</summary>
    public int SubscriptionTtl { get; init; } = 60;

    /// <summary>Time between reports; zero: none, and Pushpin's metrics stay 0. 10 s as in Pushpin.</summary>
    public TimeSpan ReportInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Form of messages on the stats socket. Tnetstrings as in Pushpin.</summary>
    public StatsFormat Format { get; init; }

    /// <summary>Who sends, as <c>from</c> in every message: <c>handler_</c> and the process id.</summary>
    public string Instance { get; init; } = string.Create(CultureInfo.InvariantCulture, $"handler_{Environment.ProcessId}");

    /// <summary>Reads the settings; problems are gathered in <paramref name="settings"/>.</summary>
    public static StatsOptions Read(Settings settings) => new()
    {
        ConnectionTtl = settings.Int("global", "stats_connection_ttl", 120, min: 1),
        SendsConnections = settings.Bool("global", "stats_connection_send", fallback: true),
        SubscriptionTtl = settings.Int("handler", "stats_subscription_ttl", 60, min: 1),
        ReportInterval = TimeSpan.FromSeconds(settings.Int("handler", "stats_report_interval", 10, min: 0)),
        Format = ReadFormat(settings),
    };

    private static StatsFormat ReadFormat(Settings settings)
    {
        var text = settings.Text("handler", "stats_format", "tnetstring");
        switch (text)
        {
            case "tnetstring" or "":
                return StatsFormat.Tnetstring;
            case "json":
                return StatsFormat.Json;
            default:
                settings.Report(ConfigSeverity.Error, "handler", "stats_format", $"[handler] stats_format is '{text}': expected tnetstring or json");
                return StatsFormat.Tnetstring;
        }
    }
}
