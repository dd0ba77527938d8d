using System.Globalization;
using StackExchange.Redis;

namespace GripProxy.Redis.Client;

/// <summary>What Redis answered: bytes, or a list of answers. Immutable.</summary>
internal readonly struct Reply
{
    private readonly RedisResult _result;

    internal Reply(RedisResult result) => _result = result;

    /// <summary>How many answers the list has; 0 for anything else.</summary>
    public int Count => _result.Length < 0 ? 0 : _result.Length;

    /// <summary>One of the list.</summary>
    public Reply this[int index] => new(_result[index]);

    /// <summary>True if there is neither text nor list.</summary>
    public bool IsNothing => _result.IsNull;

    /// <summary>The text; empty if there is none.</summary>
    public string Text => (string?)_result ?? "";

    /// <summary>The bytes; empty if there are none.</summary>
    public ReadOnlyMemory<byte> Bytes => (byte[]?)_result ?? [];

    /// <summary>The number that the text is.</summary>
    public long Number => long.Parse(Text, CultureInfo.InvariantCulture);
}
