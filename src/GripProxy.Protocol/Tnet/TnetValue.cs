using System.Buffers.Text;
using System.Text;
using System.Text.Unicode;

namespace GripProxy.Protocol.Tnet;

/// <summary>
/// A value of a tnetstring that <see cref="TnetReader"/> has checked: a slice of the message, valid as long as its bytes are (PUB-20). Immutable;
/// no method throws.
/// </summary>
public readonly struct TnetValue
{
    internal TnetValue(TnetType type, ReadOnlyMemory<byte> data)
    {
        Type = type;
        Data = data;
    }

    /// <summary>What it holds.</summary>
    public TnetType Type { get; }

    /// <summary>Its bytes, without length and type: the content of <see cref="TnetType.Bytes"/>, a number as written.</summary>
    public ReadOnlyMemory<byte> Data { get; }

    /// <summary>The text of <see cref="TnetType.Bytes"/>, or null: it is something else, or no UTF-8.</summary>
    public string? GetText() => Type == TnetType.Bytes && Utf8.IsValid(Data.Span) ? Encoding.UTF8.GetString(Data.Span) : null;

    /// <summary>The value of <see cref="TnetType.Integer"/>, or null.</summary>
    public long? GetInteger() => Type == TnetType.Integer && Utf8Parser.TryParse(Data.Span, out long number, out _) ? number : null;

    /// <summary>The value of <see cref="TnetType.Float"/>, or null.</summary>
    public double? GetFloat() => Type == TnetType.Float && Utf8Parser.TryParse(Data.Span, out double number, out _) ? number : null;

    /// <summary>The value of <see cref="TnetType.Boolean"/>, or null.</summary>
    public bool? GetBoolean() => Type == TnetType.Boolean ? Data.Length == 4 : null;

    /// <summary>Finds a member of a map; of several with one name the last counts. False: there is none, or this is no map.</summary>
    public bool TryGet(ReadOnlySpan<byte> key, out TnetValue value)
    {
        value = default;
        var found = false;
        if (Type != TnetType.Map)
            return false;
        for (var rest = Data; rest.Length > 0;)
        {
            var name = TnetReader.Take(ref rest);
            var member = TnetReader.Take(ref rest);
            if (!name.Data.Span.SequenceEqual(key))
                continue;
            value = member;
            found = true;
        }

        return found;
    }

    /// <summary>Members of a map in order, names as bytes; none if this is no map.</summary>
    public IEnumerable<KeyValuePair<ReadOnlyMemory<byte>, TnetValue>> EnumerateMap()
    {
        if (Type != TnetType.Map)
            yield break;
        for (var rest = Data; rest.Length > 0;)
        {
            var name = TnetReader.Take(ref rest);
            yield return KeyValuePair.Create(name.Data, TnetReader.Take(ref rest));
        }
    }

    /// <summary>Elements of a list in order; none if this is no list.</summary>
    public IEnumerable<TnetValue> EnumerateList()
    {
        if (Type != TnetType.List)
            yield break;
        for (var rest = Data; rest.Length > 0;)
            yield return TnetReader.Take(ref rest);
    }
}
