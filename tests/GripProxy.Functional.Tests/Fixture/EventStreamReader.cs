using System.Text.Json.Nodes;

namespace GripProxy.Functional.Tests.Fixture;

/// <summary>Reads server-sent events of the control port. Owned by one test.</summary>
public sealed class EventStreamReader(StreamReader reader) : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    /// <summary>The next event, comments left out; null at the proper end.</summary>
    public async Task<(string Type, JsonNode Data)?> NextAsync()
    {
        string type = "";
        while (await reader.ReadLineAsync().WaitAsync(s_patience) is { } line)
        {
            if (line.StartsWith("event: ", StringComparison.Ordinal))
            {
                type = line[7..];
            }
            else if (line.StartsWith("data: ", StringComparison.Ordinal))
            {
                return (type, JsonNode.Parse(line[6..])!);
            }
        }

        return null;
    }

    /// <summary>The data of the first event from here that fits.</summary>
    public async Task<JsonNode> UntilAsync(string type, Func<JsonNode, bool> fits)
    {
        while (await NextAsync() is { } next)
        {
            if (next.Type == type && fits(next.Data))
            {
                return next.Data;
            }
        }

        throw new InvalidOperationException($"The stream ended without the event {type}");
    }

    public void Dispose() => reader.Dispose();
}
