using System.Text.Json;

namespace GripProxy.Control.Inspect.Cluster;

/// <summary>What the other nodes say to a request. Immutable.</summary>
/// <param name="Items">The answers of those that have one; whoever has nothing to say (404) is not among them.</param>
/// <param name="Missing">The names of the nodes that did not answer in time, sorted.</param>
internal sealed record NodeAnswers(IReadOnlyList<JsonElement> Items, IReadOnlyList<string> Missing)
{
    /// <summary>Nobody was asked.</summary>
    public static NodeAnswers None { get; } = new([], []);

    /// <summary>The sum of a number over all answers.</summary>
    public int Sum(string member) => Items.Sum(item => item.GetProperty(member).GetInt32());

    /// <summary>Writes who is missing, if anybody is.</summary>
    public void WriteMissing(Utf8JsonWriter json)
    {
        if (Missing.Count == 0)
            return;
        json.WriteStartArray("missing");
        foreach (var node in Missing)
            json.WriteStringValue(node);
        json.WriteEndArray();
    }
}
