using System.Text.Json;
using GripProxy.Plugins.Engine;
using GripProxy.Plugins.Events;

namespace GripProxy.Plugins.Queue;

/// <summary>Something that is not tried any more, until somebody says so (plugins.md §8.3). Immutable.</summary>
internal sealed record DeadLetter
{
    /// <summary>Names it.</summary>
    public required long Id { get; init; }

    /// <summary>Number of the tenant.</summary>
    public required int Tenant { get; init; }

    /// <summary>When it became one.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>Where it failed (<see cref="DeadLetterReason.Stage"/>).</summary>
    public required string Stage { get; init; }

    /// <summary>Number of the install it failed in; 0: in none.</summary>
    public required int Install { get; init; }

    /// <summary>How often it was tried.</summary>
    public required int Attempts { get; init; }

    /// <summary>How often it had been replayed before.</summary>
    public required int Replayed { get; init; }

    /// <summary>What went wrong last.</summary>
    public required string Error { get; init; }

    /// <summary>The stack of what was thrown, or empty.</summary>
    public required string Stack { get; init; }

    /// <summary>Name of the event or job.</summary>
    public required string Event { get; init; }

    /// <summary>When the event came in, or the work was stored.</summary>
    public required DateTimeOffset Received { get; init; }

    /// <summary>JSON: the event, a list of events, the webhook or the payload of the job. Empty in lists.</summary>
    public required ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>What becomes of an event.</summary>
    public static DeadLetter Of(QueuedEvent dead, DeadLetterReason reason, DateTimeOffset now) => new()
    {
        Id = 0,
        Tenant = dead.Tenant,
        Time = now,
        Stage = reason.Stage,
        Install = reason.Install,
        Attempts = dead.Attempts + 1,
        Replayed = dead.Replayed,
        Error = reason.Error,
        Stack = reason.Stack,
        Event = NameOf(dead.Body),
        Received = dead.Received,
        Body = dead.Body,
    };

    /// <summary>What becomes of work, of several exports as one batch.</summary>
    public static DeadLetter Of(IReadOnlyList<PostWork> works, DeadLetterReason reason, DateTimeOffset now)
    {
        var first = works[0];
        return new DeadLetter
        {
            Id = 0,
            Tenant = first.Tenant,
            Time = now,
            Stage = reason.Stage,
            Install = first.Install,
            Attempts = first.Attempts + 1,
            Replayed = first.Replayed,
            Error = reason.Error,
            Stack = reason.Stack,
            Event = first.Line == PostLine.Jobs ? first.Method[PostWork.JobPrefix.Length..] : works.Count == 1 ? first.Event : "",
            Received = first.Created,
            Body = first.Line == PostLine.Exports ? PostBatch.Join(works) : first.Body,
        };
    }

    // What is no event was no event when it came in, and is kept without a name.
    private static string NameOf(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = CellJson.Parse(body);
            return document.RootElement.TryGetProperty("event", out var name) && name.ValueKind == JsonValueKind.String ? CleanJson.Text(name) : "";
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return "";
        }
    }
}
