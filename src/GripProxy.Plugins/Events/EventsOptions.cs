using System.Net;
using GripProxy.Protocol.Configuration;

namespace GripProxy.Plugins.Events;

/// <summary>Where and how events come in: <c>[events]</c> (own-config.md, plugins-http.md §3).</summary>
public sealed class EventsOptions
{
    private const string TlsScheme = "https://";

    /// <summary>Where events come in. Loopback: who opens it to others says so.</summary>
    public IReadOnlyList<IPEndPoint> Listen { get; init; } = [new(IPAddress.Loopback, 7998)];

    /// <summary>Those of <see cref="Listen"/> that speak TLS.</summary>
    public IReadOnlyList<IPEndPoint> Tls { get; init; } = [];

    /// <summary>Bytes of a request, also unpacked. 20 MiB as in PostHog.</summary>
    public int MaxBody { get; init; } = 20 * 1024 * 1024;

    /// <summary>Bytes of one event, also after its plugins.</summary>
    public int MaxEvent { get; init; } = 1024 * 1024;

    /// <summary>Events of one request.</summary>
    public int MaxBatch { get; init; } = 1000;

    /// <summary>True: an event without <c>properties</c> stays so; false: it gets empty ones.</summary>
    public bool KeepMissingProperties { get; init; } = true;

    /// <summary>True: events of <c>/v1/events</c> that name nobody are refused; false: they are about <c>anonymous</c>.</summary>
    public bool RequireDistinctId { get; init; }

    /// <summary>How long an event is known, so that the same again is not processed again; zero: not at all. A minute: clients try again within seconds.</summary>
    public TimeSpan Repeats { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Proxies whose <c>X-Forwarded-For</c> is believed. Loopback.</summary>
    public IReadOnlyList<IPNetwork> TrustedProxies { get; init; } = [IPNetwork.Parse("127.0.0.0/8"), IPNetwork.Parse("::1/128")];

    /// <summary>Reads the settings; problems are gathered in <paramref name="settings"/>.</summary>
    public static EventsOptions Read(Settings settings)
    {
        var defaults = new EventsOptions();
        var listen = ReadListen(settings);
        return new EventsOptions
        {
            Listen = listen.Count > 0 ? [.. listen.Select(static one => one.Point)] : defaults.Listen,
            Tls = [.. listen.Where(static one => one.IsTls).Select(static one => one.Point)],
            MaxBody = settings.Int("events", "max_body", defaults.MaxBody, min: 1),
            MaxEvent = settings.Int("events", "max_event", defaults.MaxEvent, min: 1),
            MaxBatch = settings.Int("events", "max_batch", defaults.MaxBatch, min: 1),
            KeepMissingProperties = settings.Bool("events", "keep_missing_properties", true),
            RequireDistinctId = settings.Bool("events", "require_distinct_id", false),
            Repeats = TimeSpan.FromSeconds(settings.Int("events", "dedup_s", 60, min: 0, max: 86_400)),
            TrustedProxies = ReadProxies(settings, defaults),
        };
    }

    private static List<(IPEndPoint Point, bool IsTls)> ReadListen(Settings settings)
    {
        List<(IPEndPoint Point, bool IsTls)> points = [];
        foreach (var text in settings.List("events", "listen"))
        {
            var isTls = text.StartsWith(TlsScheme, StringComparison.Ordinal);
            var address = isTls ? text[TlsScheme.Length..] : text;
            // IPEndPoint takes an address alone as port 0.
            if (address.LastIndexOf(':') > address.LastIndexOf(']') && IPEndPoint.TryParse(address, out var point) && point.Port > 0)
                points.Add((point, isTls));
            else
                settings.Report(ConfigSeverity.Error, "events", "listen", $"[events] listen names '{text}': expected address and port, as 127.0.0.1:7998, [::1]:7998 or, with TLS, https://0.0.0.0:8443");
        }

        return points;
    }

    private static IReadOnlyList<IPNetwork> ReadProxies(Settings settings, EventsOptions defaults)
    {
        var texts = settings.List("events", "trusted_proxies");
        if (texts.Count == 0)
            return defaults.TrustedProxies;
        List<IPNetwork> networks = [];
        foreach (var text in texts)
        {
            if (IPNetwork.TryParse(text, out var network))
                networks.Add(network);
            else if (IPAddress.TryParse(text, out var address))
                networks.Add(new IPNetwork(address, address.GetAddressBytes().Length * 8));
            else
                settings.Report(ConfigSeverity.Error, "events", "trusted_proxies", $"[events] trusted_proxies names '{text}': expected an address or a network such as 10.0.0.0/8");
        }

        return networks;
    }
}
