using System.Globalization;
using System.Text.Json;
using GripProxy.Control.Http;
using GripProxy.Control.Inspect.Cluster;

namespace GripProxy.Control.Inspect;

/// <summary>One page of a list, sorted by name (control-extensions.md: <c>?limit=</c>, <c>?after=</c>). Immutable.</summary>
internal sealed class Page
{
    private const int DefaultLimit = 100;
    private const int MaxLimit = 1000;

    private readonly int _limit;
    private readonly string? _after;

    private Page(int limit, string? after)
    {
        _limit = limit;
        _after = after;
    }

    /// <summary>Reads what is asked for; null: a parameter is wrong. More than 1000 entries are never given.</summary>
    public static Page? Read(OwnRequest request, out ControlAnswer? problem)
    {
        problem = null;
        var limit = DefaultLimit;
        if (request.Parameter("limit") is { } text
            && (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out limit) || limit == 0))
        {
            problem = Problem.InvalidParameter($"limit is '{text}', expected a number from 1 to {MaxLimit}");
            return null;
        }

        return new Page(Math.Min(limit, MaxLimit), request.Parameter("after"));
    }

    /// <summary>The answer of entries that <see cref="Take{T}"/> gave, or of what was made of them, and who is missing.</summary>
    public static ControlAnswer Answer<T>(IReadOnlyList<T> entries, string? next, NodeAnswers answers, Action<Utf8JsonWriter, T> write) =>
        JsonAnswer.Of(200, json =>
        {
            Write(json, entries, next, write);
            answers.WriteMissing(json);
        });

    /// <summary>
    /// The page's entries in order, and where the next page begins; null: there is none. Takes memory for one page, however long the list is.
    /// </summary>
    /// <param name="all">All entries, in any order; of other nodes, those of the same page there.</param>
    /// <param name="nameOf">What they are sorted by; no two have the same.</param>
    /// <param name="answers">The pages of other nodes. If one goes on, so does this one.</param>
    /// <param name="next">Where the next page begins.</param>
    public IReadOnlyList<T> Take<T>(IEnumerable<T> all, Func<T, string> nameOf, NodeAnswers answers, out string? next)
    {
        // The greatest name is on top, so that it gives way to a smaller one.
        var first = new PriorityQueue<T, string>(Comparer<string>.Create(static (a, b) => string.CompareOrdinal(b, a)));
        foreach (var entry in all)
        {
            var name = nameOf(entry);
            if (_after is not null && string.CompareOrdinal(name, _after) <= 0)
                continue;
            first.Enqueue(entry, name);
            if (first.Count > _limit + 1)
                first.Dequeue();
        }

        var hasMore = first.Count > _limit;
        if (hasMore)
            first.Dequeue();
        var entries = new List<T>(first.Count);
        while (first.TryDequeue(out var entry, out _))
            entries.Add(entry);
        entries.Reverse();
        hasMore |= answers.Items.Any(static answer => answer.GetProperty("next").ValueKind == JsonValueKind.String);
        next = hasMore && entries.Count > 0 ? nameOf(entries[^1]) : null;
        return entries;
    }

    private static void Write<T>(Utf8JsonWriter json, IReadOnlyList<T> entries, string? next, Action<Utf8JsonWriter, T> write)
    {
        json.WriteStartArray("items");
        foreach (var entry in entries)
        {
            json.WriteStartObject();
            write(json, entry);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteString("next", next);
    }
}
