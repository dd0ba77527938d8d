using System.Text.Json;

namespace GripProxy.Plugins.Events;

/// <summary>What a request brings: events, and the key if it stands in the body. Owned by the request, which disposes of it.</summary>
internal sealed class EventBatch : IDisposable
{
    private readonly IReadOnlyList<JsonDocument> _documents;

    /// <summary>Takes events of any form.</summary>
    /// <param name="documents">What they are read from; this becomes their owner.</param>
    /// <param name="events">The events.</param>
    public EventBatch(IReadOnlyList<JsonDocument> documents, IReadOnlyList<ArrivedEvent> events)
    {
        _documents = documents;
        Events = events;
    }

    /// <summary>The events as they were sent.</summary>
    public IReadOnlyList<ArrivedEvent> Events { get; }

    /// <summary>What makes them events that can be read; null: they are.</summary>
    public EventForm? Form { get; init; }

    /// <summary>Whom events are about that do not say it; null: they are refused.</summary>
    public string? DefaultId { get; init; }

    /// <summary>The key in the body, or null.</summary>
    public string? Key { get; private set; }

    /// <summary>When the client says it sent them, or null.</summary>
    public string? SentAt { get; private set; }

    /// <summary>Takes an event, a list of events or an envelope with a <c>batch</c> (plugins-http.md §3.1).</summary>
    /// <param name="document">The body; this becomes its owner.</param>
    /// <param name="problem">Why it is none of these, or null.</param>
    public static EventBatch? Open(JsonDocument document, out EventProblem? problem)
    {
        var root = document.RootElement;
        var envelope = root.ValueKind == JsonValueKind.Object && root.TryGetProperty("batch", out var list) && list.ValueKind == JsonValueKind.Array;
        if (ListOf(envelope ? root.GetProperty("batch") : root) is not { } events)
        {
            document.Dispose();
            problem = new EventProblem(400, "invalid_json", "the body must be an event, a list of events or an envelope with a batch");
            return null;
        }

        var batch = new EventBatch([document], events);
        if (envelope)
            batch.SentAt = Text(root, "sent_at");
        problem = batch.FindKey(envelope ? root : null);
        if (problem is null)
            return batch;
        batch.Dispose();
        return null;
    }

    /// <summary>An object, or the members of a list; null: it is neither.</summary>
    public static IReadOnlyList<ArrivedEvent>? ListOf(JsonElement root) => root.ValueKind switch
    {
        JsonValueKind.Object => [new ArrivedEvent(root)],
        JsonValueKind.Array => [.. root.EnumerateArray().Select(static one => new ArrivedEvent(one))],
        _ => null,
    };

    /// <summary>Looks for the key in the body.</summary>
    /// <param name="envelope">What is around the events, or null.</param>
    /// <returns>What is wrong with the whole, or null.</returns>
    public EventProblem? FindKey(JsonElement? envelope)
    {
        if (Events.Count == 0)
            return new EventProblem(400, "empty_batch", "the batch holds no event");
        Key = envelope is { } outer ? KeyOf(outer) : null;
        if (Key is not null)
            return null;
        Key = KeyOf(Events[0].Json);
        return Events.Skip(1).All(one => KeyOf(one.Json) is not { } other || Key is null || other == Key)
            ? null
            : new EventProblem(400, "mixed_keys", "the events of one request must have one key");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var document in _documents)
            document.Dispose();
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
