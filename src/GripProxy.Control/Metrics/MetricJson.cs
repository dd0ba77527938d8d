using System.Text.Json;

namespace GripProxy.Control.Metrics;

/// <summary>
/// Writes metrics as members of a JSON object. A series is a list: labels, then the value, or of a histogram the sum and a list of counts, one for each of the bounds and
/// one beyond. Owned by its user.
/// </summary>
internal sealed class MetricJson(Utf8JsonWriter json)
{
    /// <summary>Writes a metric with its series.</summary>
    /// <param name="family">The metric.</param>
    /// <param name="round">Values that were asked for are those of this round.</param>
    public void Write(MetricFamily family, long round)
    {
        json.WriteStartObject(family.Name);
        if (family.Kind == MetricKind.Histogram)
            WriteBounds(family);
        json.WriteStartArray("series");
        foreach (var series in family.Series.Where(series => series.IsThere(round)))
        {
            json.WriteStartArray();
            json.WriteStringValue(series.Labels);
            json.WriteNumberValue(series.Value);
            json.WriteEndArray();
        }

        foreach (var histogram in family.Histograms)
            WriteHistogram(histogram);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    // All series of a metric have the same.
    private void WriteBounds(MetricFamily family)
    {
        json.WriteStartArray("bounds");
        foreach (var bound in family.Histograms.FirstOrDefault()?.Bounds ?? [])
            json.WriteNumberValue(bound);
        json.WriteEndArray();
    }

    private void WriteHistogram(HistogramSeries histogram)
    {
        json.WriteStartArray();
        json.WriteStringValue(histogram.Labels);
        json.WriteNumberValue(histogram.Sum);
        json.WriteStartArray();
        for (var i = 0; i <= histogram.Bounds.Count; i++)
            json.WriteNumberValue(histogram.CountOf(i));
        json.WriteEndArray();
        json.WriteEndArray();
    }
}
