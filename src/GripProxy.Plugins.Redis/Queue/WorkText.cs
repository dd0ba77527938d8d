using System.Buffers;
using System.Globalization;
using System.Text.Json;
using GripProxy.Plugins.Queue;
using GripProxy.Redis.Client;

namespace GripProxy.Plugins.Redis.Queue;

/// <summary>What is known of events, work and dead letters, as it stands in Redis beside their bodies. <c>work.lua</c> reads some of it. Stateless.</summary>
internal static class WorkText
{
    /// <summary>Of an event that comes in.</summary>
    public static string Of(QueuedEvent one) =>
        string.Create(CultureInfo.InvariantCulture, $"{Time(one.Received)} {one.Replayed} {(one.NotBefore is { } time ? Time(time) : 0)} {one.Depth} {one.CapturedBy}{(one.Sender.Length > 0 ? " " : "")}{one.Sender}");

    /// <summary>What is new of an event that was tried.</summary>
    public static string NoteOf(QueuedEvent one) => string.Create(CultureInfo.InvariantCulture, $"{one.Attempts} {(one.NotBefore is { } time ? Time(time) : 0)}");

    /// <summary>An event that was read.</summary>
    /// <param name="tenant">Number of the tenant.</param>
    /// <param name="text">What is known of it.</param>
    /// <param name="note">What is new of it, or empty.</param>
    /// <param name="key">Its key.</param>
    /// <param name="body">Its body.</param>
    public static QueuedEvent Event(int tenant, string text, string note, string key, ReadOnlyMemory<byte> body)
    {
        var parts = text.Split(' ', 6);
        long[] known = [.. parts[..5].Select(Number)];
        var later = note.Length > 0 ? Numbers(note) : [0, known[2]];
        return new QueuedEvent
        {
            Tenant = tenant,
            Key = key,
            Received = Time(known[0]),
            Replayed = (int)known[1],
            Depth = (int)known[3],
            CapturedBy = (int)known[4],
            // Absent where nobody waits.
            Sender = parts.Length > 5 ? parts[5] : "",
            Attempts = (int)later[0],
            NotBefore = later[1] == 0 ? null : Time(later[1]),
            Body = body,
        };
    }

    /// <summary>Events as the script gives them out: of each its entry, what is known, its key, its body, and what is new of it.</summary>
    /// <param name="tenant">Number of the tenant.</param>
    /// <param name="place">Their partition and the lease they were read under.</param>
    /// <param name="entries">The events.</param>
    public static IEnumerable<QueuedEvent> Events(int tenant, EventPlace place, Reply entries)
    {
        for (var i = 0; i < entries.Count; i++)
        {
            var entry = entries[i];
            yield return Event(tenant, entry[1].Text, entry[4].Text, entry[2].Text, entry[3].Bytes) with { Place = (place with { Entry = entry[0].Text }).ToString() };
        }
    }

    /// <summary>Of work.</summary>
    public static ReadOnlyMemory<byte> Of(PostWork work) => Write(json =>
    {
        foreach (var number in (ReadOnlySpan<long>)[
            Time(work.Created), Time(work.Due), work.Attempts, work.Replayed, work.Depth, work.Batch, work.Install, (long)work.Line])
            json.WriteNumberValue(number);
        json.WriteStringValue(work.Method);
        json.WriteStringValue(work.Event);
    });

    /// <summary>Work that was read.</summary>
    public static PostWork Work(int tenant, long id, ReadOnlyMemory<byte> text, ReadOnlyMemory<byte> body)
    {
        using var json = JsonDocument.Parse(text);
        var known = json.RootElement;
        return new PostWork
        {
            Id = id,
            Tenant = tenant,
            Created = Time(known[0].GetInt64()),
            Due = Time(known[1].GetInt64()),
            Attempts = known[2].GetInt32(),
            Replayed = known[3].GetInt32(),
            Depth = known[4].GetInt32(),
            Batch = known[5].GetInt64(),
            Install = known[6].GetInt32(),
            Line = (PostLine)known[7].GetInt32(),
            Method = known[8].GetString() ?? "",
            Event = known[9].GetString() ?? "",
            Body = body,
        };
    }

    /// <summary>Of a dead letter.</summary>
    public static ReadOnlyMemory<byte> Of(DeadLetter letter) => Write(json =>
    {
        json.WriteNumberValue(Time(letter.Time));
        json.WriteStringValue(letter.Stage);
        json.WriteNumberValue(letter.Install);
        json.WriteNumberValue(letter.Attempts);
        json.WriteNumberValue(letter.Replayed);
        json.WriteStringValue(letter.Error);
        json.WriteStringValue(letter.Stack);
        json.WriteStringValue(letter.Event);
        json.WriteNumberValue(Time(letter.Received));
    });

    /// <summary>A dead letter that was read.</summary>
    public static DeadLetter Letter(int tenant, long id, ReadOnlyMemory<byte> text, ReadOnlyMemory<byte> body)
    {
        using var json = JsonDocument.Parse(text);
        var known = json.RootElement;
        return new DeadLetter
        {
            Id = id,
            Tenant = tenant,
            Time = Time(known[0].GetInt64()),
            Stage = known[1].GetString() ?? "",
            Install = known[2].GetInt32(),
            Attempts = known[3].GetInt32(),
            Replayed = known[4].GetInt32(),
            Error = known[5].GetString() ?? "",
            Stack = known[6].GetString() ?? "",
            Event = known[7].GetString() ?? "",
            Received = Time(known[8].GetInt64()),
            Body = body,
        };
    }

    /// <summary>A time as it is stored.</summary>
    public static long Time(DateTimeOffset time) => time.ToUnixTimeMilliseconds();

    /// <summary>A stored time.</summary>
    public static DateTimeOffset Time(long time) => DateTimeOffset.FromUnixTimeMilliseconds(time);

    private static long[] Numbers(string text) => [.. text.Split(' ').Select(Number)];

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);

    private static ReadOnlyMemory<byte> Write(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(128);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartArray();
            write(json);
            json.WriteEndArray();
        }

        return buffer.WrittenMemory;
    }
}
