using System.Text.Json.Nodes;

namespace GripProxy.Proxy.Commands.Admin;

/// <summary>What the control port answered: exactly one of JSON and an error. Immutable.</summary>
/// <param name="Json">The answer.</param>
/// <param name="Error">What went wrong, for people.</param>
internal sealed record AdminAnswer(JsonNode? Json, string? Error)
{
    /// <summary>No answer.</summary>
    public static AdminAnswer Failed(string error) => new(null, error);
}
