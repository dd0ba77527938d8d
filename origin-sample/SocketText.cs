using System.Text.Json;

namespace GripProxy.OriginSample;

/// <summary>Writes what goes over a WebSocket to the page: JSON that says what it is, as the event's name does in a stream.</summary>
internal static class SocketText
{
    /// <summary><c>{"type":"…","data":…}</c></summary>
    /// <param name="type">What the page listens for.</param>
    /// <param name="data">What there is to say.</param>
    public static string Write(string type, object data) => JsonSerializer.Serialize(new { type, data }, JsonSerializerOptions.Web);
}
