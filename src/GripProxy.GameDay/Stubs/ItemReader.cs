using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace GripProxy.GameDay.Stubs;

/// <summary>Puts what comes of a connection together into items: lines of a stream, also of server-sent events, or whole messages. Owned by one connection.</summary>
/// <param name="found">Called with each item that is a JSON object.</param>
internal sealed class ItemReader(Action<JsonObject> found)
{
    private const int Longest = 1024 * 1024;

    private readonly List<byte> _kept = [];

    /// <summary>Takes a piece.</summary>
    /// <param name="piece">The piece.</param>
    /// <param name="isEnd">True if it ends a message or an answer.</param>
    public void Take(ReadOnlySpan<byte> piece, bool isEnd)
    {
        foreach (var one in piece)
        {
            if (one != '\n')
                _kept.Add(one);
            if (one == '\n' || _kept.Count >= Longest)
                End();
        }

        if (isEnd)
            End();
    }

    private void End()
    {
        var text = Encoding.UTF8.GetString([.. _kept]).Trim();
        _kept.Clear();
        if (text.StartsWith("data:", StringComparison.Ordinal))
            text = text[5..].TrimStart();
        if (!text.StartsWith('{'))
            return;
        try
        {
            if (JsonNode.Parse(text) is JsonObject item)
                found(item);
        }
        catch (JsonException)
        {
            // Not an item that a customer understands.
        }
    }
}
