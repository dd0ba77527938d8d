using System.Globalization;
using System.Text;

namespace GripProxy.Control.Metrics;

/// <summary>Writes metrics in the text format of Prometheus. Owned by its user.</summary>
internal sealed class MetricText
{
    private readonly StringBuilder _text = new();

    /// <summary>Writes a metric that has one value and no labels.</summary>
    public void Write(string name, MetricKind kind, string help, long value)
    {
        WriteHead(name, kind, help);
        WriteLine(name, "", value.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>Writes a metric with its series.</summary>
    /// <param name="family">The metric.</param>
    /// <param name="round">Values that were asked for are those of this round.</param>
    public void Write(MetricFamily family, long round)
    {
        WriteHead(family.Name, family.Kind, family.Help);
        foreach (var series in family.Series)
        {
            if (series.IsThere(round))
                WriteLine(family.Name, series.Labels, series.Value.ToString("R", CultureInfo.InvariantCulture));
        }

        foreach (var histogram in family.Histograms)
            WriteHistogram(family.Name, histogram);
    }

    /// <summary>What was written.</summary>
    public override string ToString() => _text.ToString();

    private void WriteHistogram(string name, HistogramSeries histogram)
    {
        var separator = histogram.Labels.Length == 0 ? "" : ",";
        long count = 0;
        for (var i = 0; i <= histogram.Bounds.Count; i++)
        {
            count += histogram.CountOf(i);
            var bound = i < histogram.Bounds.Count ? histogram.Bounds[i].ToString(CultureInfo.InvariantCulture) : "+Inf";
            WriteLine(name + "_bucket", $"{histogram.Labels}{separator}le=\"{bound}\"", count.ToString(CultureInfo.InvariantCulture));
        }

        WriteLine(name + "_sum", histogram.Labels, histogram.Sum.ToString("R", CultureInfo.InvariantCulture));
        WriteLine(name + "_count", histogram.Labels, count.ToString(CultureInfo.InvariantCulture));
    }

    private void WriteHead(string name, MetricKind kind, string help)
    {
        _text.Append("# HELP ").Append(name).Append(' ').Append(help).Append('\n');
        _text.Append("# TYPE ").Append(name).Append(' ').Append(kind switch
        {
            MetricKind.Counter => "counter",
            MetricKind.Gauge => "gauge",
            _ => "histogram",
        }).Append('\n');
    }

    private void WriteLine(string name, string labels, string value)
    {
        _text.Append(name);
        if (labels.Length > 0)
            _text.Append('{').Append(labels).Append('}');
        _text.Append(' ').Append(value).Append('\n');
    }
}
