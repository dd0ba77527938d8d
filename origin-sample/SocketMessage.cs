using System.Text.Json;

namespace GripProxy.OriginSample;

/// <summary>What a page sends over its WebSocket to write a message. Immutable.</summary>
/// <param name="Ref">Number that the page gave it; the answer brings it back.</param>
/// <param name="User">Who writes.</param>
/// <param name="Text">What.</param>
internal sealed record SocketMessage(long Ref, string? User, string? Text)
{
    /// <summary>Reads it; null if it is none.</summary>
    public static SocketMessage? Read(string json)
    {
        try
        {
            return JsonSerializer.Deserialize<SocketMessage>(json, JsonSerializerOptions.Web);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
