using System.Security.Cryptography;
using System.Text;
using GripProxy.Channels.Outcomes;
using GripProxy.Protocol;

namespace GripProxy.Holds.Resuming;

/// <summary>
/// The ids of server-sent events that say where a client stands (LOG-04): one position where the hold has one logged channel, else a position for each,
/// with a short name of its channel before it. Stateless.
/// </summary>
internal static class EventIds
{
    /// <summary>Longest id that is read.</summary>
    public const int MaxLength = 2048;

    private const int KeyLength = 8;

    /// <summary>The short name of a channel: the beginning of a hash.</summary>
    public static string KeyOf(string channel) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(channel)).AsSpan(0, KeyLength / 2));

    /// <summary>The id for positions in the order of the hold's channels.</summary>
    public static string Write(IReadOnlyList<(string Key, Position Position)> places) => places.Count == 1
        ? places[0].Position.ToString()
        : string.Join(',', places.Select(static place => $"{place.Key}:{place.Position}"));

    /// <summary>Reads an id of the client. Null: it is none of ours, or speaks of channels that the hold does not have (LOG-02 <c>unknown</c>).</summary>
    /// <param name="text">What the client says.</param>
    /// <param name="channels">Full names of the hold's logged channels.</param>
    public static IReadOnlyDictionary<string, Position>? Read(string text, IReadOnlyList<string> channels)
    {
        if (text.Length > MaxLength)
            return null;
        var places = new Dictionary<string, Position>(StringComparer.Ordinal);
        if (Position.TryParse(text, out var only))
        {
            if (channels.Count != 1)
                return null;
            places[channels[0]] = only;
            return places;
        }

        foreach (var range in text.AsSpan().Split(','))
        {
            var element = text.AsSpan(range).Trim();
            if (element.Length <= KeyLength || element[KeyLength] != ':' || !Position.TryParse(element[(KeyLength + 1)..], out var position) ||
                Find(element[..KeyLength], channels) is not { } channel)
                return null;
            places[channel] = position;
        }

        return places;
    }

    /// <summary>The first event of the stream, which says how the resume went.</summary>
    public static byte[] WriteOpening(string ids, ResumeOutcome? outcome)
    {
        var data = outcome switch
        {
            null => """{"resumed":null}""",
            ResumeOutcome.Resumed => """{"resumed":true}""",
            _ => $$"""{"resumed":false,"reason":"{{outcome.Value.Word()}}"}""",
        };
        // An empty id would make the client forget the place it came with, which is good again when the log can be asked.
        var id = ids.Length == 0 ? "" : $"id: {ids}\n";
        return Encoding.ASCII.GetBytes($"event: channel-open\n{id}data: {data}\n\n");
    }

    private static string? Find(ReadOnlySpan<char> key, IReadOnlyList<string> channels)
    {
        foreach (var channel in channels)
        {
            if (key.SequenceEqual(KeyOf(channel)))
                return channel;
        }

        return null;
    }
}
