using System.Text.Json;

namespace GripProxy.Plugins.Events;

/// <summary>What a request brings: events, and the key if it stands in the body. Owned by the request, which disposes of it.</summary>
internal sealed class EventBatch : IDisposable
{
    private readonly JsonDocument _document;

    private EventBatch(JsonDocument document, IReadOnlyList<JsonElement> events)
    {
        _document = document;
        Events = events;
    }

    /// <summary>The events as they were sent.</summary>
    public IReadOnlyList<JsonElement> Events { get; }

    /// <summary>The key in the body, or null.</summary>
    public string? Key { get; private set; }

    /// <summary>When the client says it sent them, or null.</summary>
    public string? SentAt { get; private set; }

    /// <summary>Takes an event, a list of events or an envelope with a <c>batch</c> (plugins-http.md §3.1).</summary>
    /// <param name="document">The body; this becomes its owner.</param>
    /// <param name="problem">Why it is none of these, or null.</param>
    public static EventBatch? Open(JsonDocument document, out EventProblem? problem)
    {
        problem = null;
        var root = document.RootElement;
        if (root.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array))
            return Refuse(document, new EventProblem(400, "invalid_json", "the body must be an event, a list of events or an envelope with a batch"), out problem);

        var envelope = root.ValueKind == JsonValueKind.Object && root.TryGetProperty("batch", out var list) && list.ValueKind == JsonValueKind.Array;
        EventBatch batch;
        if (envelope)
            batch = new EventBatch(document, [.. root.GetProperty("batch").EnumerateArray()]);
        else if (root.ValueKind == JsonValueKind.Array)
            batch = new EventBatch(document, [.. root.EnumerateArray()]);
        else
            batch = new EventBatch(document, [root]);
        if (batch.Events.Count == 0)
            return Refuse(document, new EventProblem(400, "empty_batch", "the batch holds no event"), out problem);
        if (envelope)
            batch.SentAt = Text(root, "sent_at");
        if (!batch.FindKey(envelope ? root : null))
            return Refuse(document, new EventProblem(400, "mixed_keys", "the events of one request must have one key"), out problem);
        return batch;
    }

    /// <inheritdoc/>
    public void Dispose() => _document.Dispose();

    private static EventBatch? Refuse(JsonDocument document, EventProblem why, out EventProblem problem)
    {
        document.Dispose();
        problem = why;
        return null;
    }

    private bool FindKey(JsonElement? envelope)
    {
        Key = envelope is { } outer ? KeyOf(outer) : null;
        if (Key is not null)
            return true;
        Key = KeyOf(Events[0]);
        return Events.Skip(1).All(one => KeyOf(one) is not { } other || Key is null || other == Key);
    }

    private static string? KeyOf(JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.Object)
            return null;
        return Text(element, "api_key") ?? Text(element, "token")
            ?? (element.TryGetProperty("properties", out var properties) && properties.ValueKind == JsonValueKind.Object ? Text(properties, "token") : null)
            ?? Text(element, "$token");
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.String ? CleanJson.Text(member) : null;
}
