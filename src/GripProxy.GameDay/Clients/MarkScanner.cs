using System.Text;
using System.Text.Json;

namespace GripProxy.GameDay.Clients;

/// <summary>Finds the marks of this run's events in whatever a client receives, however it is framed and cut into pieces. Owned by one client.</summary>
/// <param name="run">Name of this run and generator.</param>
/// <param name="found">Called for each.</param>
internal sealed class MarkScanner(string run, Action<EventMark> found)
{
    private const int LongestMark = 256;

    private readonly byte[] _run = Encoding.UTF8.GetBytes(run);
    private byte[] _carried = [];

    private static ReadOnlySpan<byte> Opening => "\"$gd\":{"u8;

    /// <summary>Takes a piece.</summary>
    public void Take(ReadOnlySpan<byte> piece)
    {
        var rest = _carried.Length == 0 ? piece : [.. _carried, .. piece];
        while (true)
        {
            var begin = rest.IndexOf(Opening);
            if (begin < 0)
            {
                // The piece may end within the opening.
                _carried = rest[Math.Max(0, rest.Length - Opening.Length + 1)..].ToArray();
                return;
            }

            var mark = rest[(begin + Opening.Length - 1)..];
            var end = mark.IndexOf((byte)'}');
            if (end < 0)
            {
                _carried = mark.Length > LongestMark ? [] : rest[begin..].ToArray();
                return;
            }

            Read(mark[..(end + 1)]);
            rest = mark[(end + 1)..];
        }
    }

    private void Read(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        var mark = default(EventMark);
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType != JsonTokenType.PropertyName)
                    continue;
                var name = reader.GetString();
                reader.Read();
                if (name == "run")
                {
                    if (reader.TokenType != JsonTokenType.String || !reader.ValueTextEquals(_run))
                        return;
                    continue;
                }

                if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt32(out var number))
                    return;
                mark = name switch
                {
                    "step" => mark with { Step = number },
                    "n" => mark with { Number = number },
                    "c" => mark with { OfName = number },
                    "u" => mark with { User = number },
                    _ => mark,
                };
            }
        }
        catch (JsonException)
        {
            return; // Somebody else's text that looks like one.
        }

        found(mark);
    }
}
