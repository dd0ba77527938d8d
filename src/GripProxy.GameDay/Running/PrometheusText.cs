using System.Globalization;

namespace GripProxy.GameDay.Running;

/// <summary>A metrics page for Prometheus. Immutable.</summary>
internal sealed class PrometheusText
{
    private readonly List<(string Name, HashSet<string> Labels, double Value)> _series = [];

    private PrometheusText()
    {
    }

    /// <summary>Reads a page; lines that are none are left out.</summary>
    public static PrometheusText Parse(string page)
    {
        var made = new PrometheusText();
        foreach (var line in page.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (line[0] == '#' || line.LastIndexOf(' ') is not (> 0 and var cut))
                continue;
            if (double.TryParse(line.AsSpan(cut + 1), NumberStyles.Float, CultureInfo.InvariantCulture, out var value))
            {
                var (name, labels) = Split(line[..cut].TrimEnd());
                made._series.Add((name, labels, value));
            }
        }

        return made;
    }

    /// <summary>The sum of all series that have the selector's name and labels (<c>name</c> or <c>name{label="value"}</c>), or null if there is none.</summary>
    public double? Sum(string selector)
    {
        var (name, labels) = Split(selector);
        var found = _series.Where(series => series.Name == name && labels.IsSubsetOf(series.Labels)).ToList();
        return found.Count == 0 ? null : found.Sum(static series => series.Value);
    }

    private static (string Name, HashSet<string> Labels) Split(string series)
    {
        var open = series.IndexOf('{');
        if (open < 0)
            return (series, []);
        // Each label with its quotes; a comma within quotes belongs to the value.
        var labels = new HashSet<string>();
        var begin = open + 1;
        var quoted = false;
        for (var i = begin; i < series.Length; i++)
        {
            if (series[i] == '"' && series[i - 1] != '\\')
                quoted = !quoted;
            if (quoted || series[i] is not (',' or '}'))
                continue;
            if (series[begin..i].Trim() is { Length: > 0 } label)
                labels.Add(label);
            begin = i + 1;
        }

        return (series[..open], labels);
    }
}
