using System.Diagnostics.Metrics;

namespace GripProxy.Control.Metrics;

/// <summary>Names instruments as Prometheus has them (STA-30): <c>gripproxy.origin</c> in seconds is <c>gripproxy_origin_seconds</c>.</summary>
internal static class MetricName
{
    /// <summary>The name of an instrument's metric.</summary>
    public static string Of(Instrument instrument, MetricKind kind)
    {
        var name = instrument.Name.Replace('.', '_') + UnitOf(instrument);
        return kind == MetricKind.Counter ? name + "_total" : name;
    }

    // Units in braces only say what is counted.
    private static string UnitOf(Instrument instrument) => instrument.Unit switch
    {
        "s" => "_seconds",
        "By" => "_bytes",
        _ => "",
    };
}
