using System.Text.Json;
using GripProxy.Plugins.Engine;
using GripProxy.Plugins.Events;

namespace GripProxy.Plugins.Queue;

/// <summary>Turns dead letters back into what they were. Owned by one replay.</summary>
/// <param name="tenant">Number of the tenant.</param>
/// <param name="now">The time.</param>
/// <param name="gap">Time from one to the next.</param>
internal sealed class ReplayPage(int tenant, DateTimeOffset now, TimeSpan gap)
{
    private int _taken;

    /// <summary>Events and work to put back for some letters.</summary>
    /// <param name="letters">The letters, whole.</param>
    /// <param name="fromStart">True: events go through the chain again.</param>
    public (IReadOnlyList<QueuedEvent> Events, IReadOnlyList<PostWork> Works) Take(IReadOnlyList<DeadLetter> letters, bool fromStart)
    {
        List<QueuedEvent> events = [];
        List<PostWork> works = [];
        foreach (var letter in letters)
        {
            var due = now + (gap * _taken++);
            var isEvent = letter.Stage is not (DeadLetterReason.Job or DeadLetterReason.Webhook);
            using var document = CellJson.Parse(letter.Body);
            if (letter.Stage is DeadLetterReason.Chain or DeadLetterReason.Routing || (fromStart && isEvent))
                events.AddRange(Each(document.RootElement).Select(one => Event(letter, one, due)));
            else
                works.AddRange(isEvent ? Each(document.RootElement).Select(one => Work(letter, Raw(one), Text(one, "event"), due)) : [Work(letter, letter.Body, letter.Event, due)]);
        }

        return (events, works);
    }

    private static List<JsonElement> Each(JsonElement root) => root.ValueKind == JsonValueKind.Array ? [.. root.EnumerateArray()] : [root];

    private static ReadOnlyMemory<byte> Raw(JsonElement one) => JsonSerializer.SerializeToUtf8Bytes(one, PluginJson.Default.JsonElement);

    private static string Text(JsonElement one, string name) =>
        one.ValueKind == JsonValueKind.Object && one.TryGetProperty(name, out var value)
            ? value.ValueKind == JsonValueKind.String ? CleanJson.Text(value) : value.GetRawText()
            : "";

    private QueuedEvent Event(DeadLetter letter, JsonElement one, DateTimeOffset due) => new()
    {
        Tenant = tenant,
        Key = Text(one, "distinct_id"),
        Received = letter.Received,
        Replayed = letter.Replayed + 1,
        NotBefore = due > now ? due : null,
        Body = Raw(one),
    };

    private PostWork Work(DeadLetter letter, ReadOnlyMemory<byte> body, string name, DateTimeOffset due) => new()
    {
        Tenant = tenant,
        Install = letter.Install,
        Line = letter.Stage switch { DeadLetterReason.Job => PostLine.Jobs, "exportEvents" => PostLine.Exports, _ => PostLine.Events },
        Method = letter.Stage == DeadLetterReason.Job ? PostWork.JobPrefix + letter.Event : letter.Stage,
        Event = letter.Stage == DeadLetterReason.Job ? "" : name,
        Created = letter.Received,
        Due = due,
        Replayed = letter.Replayed + 1,
        Body = body,
    };
}
