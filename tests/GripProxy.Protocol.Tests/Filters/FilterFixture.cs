using System.Buffers;
using System.Text;
using GripProxy.Protocol.Filters;

namespace GripProxy.Protocol.Tests.Filters;

/// <summary>Short ways to write what filters get and to read what they give.</summary>
internal static class FilterFixture
{
    public static readonly Dictionary<string, string> Nothing = [];

    public static FilterSubject Subject(params (string Name, string Value)[] meta) => new(Map(meta), ["a", "b"]);

    public static FilterInput Input(FilterSubject subject, params (string Channel, string Id)[] prevIds) => new(subject, Nothing, Map(prevIds));

    public static Dictionary<string, string> Map(params (string Name, string Value)[] pairs) =>
        pairs.ToDictionary(pair => pair.Name, pair => pair.Value, StringComparer.Ordinal);

    /// <summary>The content, or the error in front of which stands an exclamation mark.</summary>
    public static string Run(FilterKind kind, FilterInput input, string content)
    {
        var outcome = FilterChain.Run(kind, input, Encoding.UTF8.GetBytes(content));
        return outcome.Error is { } error ? "!" + error : Encoding.UTF8.GetString(outcome.Content.Span);
    }

    /// <summary>The same for a content that comes in pieces.</summary>
    public static string Run(DirectiveFilter filter, byte[] content, int pieceLength)
    {
        var output = new ArrayBufferWriter<byte>();
        for (var i = 0; i < content.Length; i += pieceLength)
        {
            if (filter.Write(content.AsSpan(i, Math.Min(pieceLength, content.Length - i)), output) is { } error)
                return "!" + error;
        }

        return filter.Finish() is { } unfinished ? "!" + unfinished : Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
