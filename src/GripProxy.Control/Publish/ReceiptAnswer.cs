using System.Text.Json;
using GripProxy.Channels.Outcomes;
using GripProxy.Channels.Publishing;
using GripProxy.Control.Http;
using GripProxy.Protocol.Filters;

namespace GripProxy.Control.Publish;

/// <summary>Writes receipts as the answer to a publish (CTL-07).</summary>
internal static class ReceiptAnswer
{
    /// <summary>The answer.</summary>
    /// <param name="receipts">One per item, in order.</param>
    /// <param name="node">This node's name.</param>
    public static ControlAnswer Of(IReadOnlyList<ItemReceipt> receipts, string node) =>
        JsonAnswer.Of(200, json =>
        {
            json.WriteString("message", "Published");
            json.WriteStartArray("items");
            foreach (var receipt in receipts)
                Write(json, receipt, node);
            json.WriteEndArray();
            json.WriteStartArray("missing");
            foreach (var missing in receipts.SelectMany(static receipt => receipt.Missing).Distinct(StringComparer.Ordinal))
                json.WriteStringValue(missing.Length == 0 ? node : missing);
            json.WriteEndArray();
        }) with { PreferenceApplied = ReceiptPreference.Value };

    private static void WriteUnknown(Utf8JsonWriter json, IReadOnlyList<string> names)
    {
        json.WriteStartArray("unknown_formats");
        foreach (var name in names)
            json.WriteStringValue(name);
        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, ItemReceipt receipt, string node)
    {
        json.WriteStartObject();
        json.WriteString("channel", receipt.Item.Channel);
        json.WriteString("id", receipt.Item.Id);
        if (receipt.Position is { } position)
            json.WriteString("position", position.ToString());
        json.WriteString("outcome", receipt.Outcome.Word());
        if (receipt.WaitsFor is { } predecessor)
            json.WriteString("waits_for", predecessor);
        json.WriteNumber("matched", receipt.Matched);
        json.WriteNumber("queued", receipt.Queued);
        json.WriteNumber("no_format", receipt.NoFormat);
        if (receipt.Item.UnknownFormats.Count > 0)
            WriteUnknown(json, receipt.Item.UnknownFormats);
        json.WriteStartObject("filtered");
        foreach (var (filter, count) in receipt.Filtered)
            json.WriteNumber(FilterNames.Of(filter), count);
        json.WriteEndObject();
        json.WriteStartObject("dropped");
        foreach (var (reason, count) in receipt.Dropped)
            json.WriteNumber(reason.Word(), count);
        json.WriteEndObject();
        json.WriteStartObject("nodes");
        json.WriteNumber(node, receipt.MatchedHere);
        foreach (var (other, matched) in receipt.OtherNodes)
            json.WriteNumber(other, matched);
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
