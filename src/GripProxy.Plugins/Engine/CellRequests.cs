using System.Text.Json;

namespace GripProxy.Plugins.Engine;

/// <summary>What the plugins of one process ask of the host, many at a time (plugins.md §5). Every request gets a reply, whatever goes wrong. Thread-safe. Owned by the cell.</summary>
/// <param name="host">Does what they ask for.</param>
/// <param name="send">Sends a reply.</param>
internal sealed class CellRequests(ICellHost host, Action<ReadOnlyMemory<byte>> send)
{
    // More than friendly plugins ask for at a time; the cell program lets them wait before.
    private const int Most = 10_000;

    private int _open;

    /// <summary>Takes a request; its reply is sent when it is there.</summary>
    /// <param name="document">The frame; disposed of with the reply.</param>
    /// <exception cref="InvalidDataException">It is none, or one too many.</exception>
    public void Take(JsonDocument document)
    {
        var root = document.RootElement;
        var request = root.GetProperty("req").GetInt64();
        var install = root.GetProperty("install").GetInt32();
        var operation = CellJson.Text(root, "op");
        var arguments = root.GetProperty("args");
        if (arguments.ValueKind != JsonValueKind.Object)
            throw new InvalidDataException("a request without arguments");
        if (Interlocked.Increment(ref _open) > Most)
            throw new InvalidDataException("too many requests at once");
        _ = AnswerAsync(document, request, install, operation, arguments);
    }

    private async Task AnswerAsync(JsonDocument document, long request, int install, string operation, JsonElement arguments)
    {
        HostAnswer answer;
        try
        {
            answer = await host.RequestAsync(install, operation, arguments);
        }
        catch (Exception e)
        {
            host.Log(install, "error", $"the host could not do '{operation}': {e.Message}");
            answer = HostAnswer.Failed("Error", $"the host could not do '{operation}'");
        }

        Interlocked.Decrement(ref _open);
        document.Dispose();
        send(CellFrames.Reply(request, answer));
    }
}
