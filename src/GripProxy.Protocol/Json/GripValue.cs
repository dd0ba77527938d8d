using System.Globalization;
using System.Text;
using System.Text.Json;
using GripProxy.Protocol.Tnet;

namespace GripProxy.Protocol.Json;

/// <summary>
/// A value that a peer sent, as JSON or as tnetstring: what is read from both by the same rules looks at this (PUB-20). A string of tnetstring is
/// bytes. Immutable; no method throws for what the peer wrote, as long as it is asked what fits its kind.
/// </summary>
public readonly struct GripValue
{
    private readonly ParsedJson? _json;
    private readonly int _row;
    private readonly TnetValue _tnet;

    internal GripValue(ParsedJson json, int row)
    {
        _json = json;
        _row = row;
    }

    private GripValue(TnetValue tnet)
    {
        _tnet = tnet;
        IsTnet = true;
    }

    /// <summary>True if it was sent as tnetstring, where binary content needs no Base64.</summary>
    public bool IsTnet { get; }

    /// <summary>Its kind, in JSON's words.</summary>
    public JsonValueKind ValueKind => IsTnet ? KindOf(_tnet) : _json?.KindOf(_row) ?? JsonValueKind.Undefined;

    /// <summary>The value of a tnetstring; valid as long as its bytes are.</summary>
    public static implicit operator GripValue(TnetValue tnet) => new(tnet);

    /// <summary>Finds a member of an object by its ASCII name; of several with one name the last counts. Only for objects.</summary>
    public bool TryGetMember(string key, out GripValue value)
    {
        if (IsTnet)
            return TryGetTnetMember(key, out value);
        var row = Json.FindMember(_row, key);
        if (row < 0)
        {
            value = default;
            return false;
        }

        value = new GripValue(Json, row);
        return true;
    }

    /// <summary>Members of an object in order. Only for objects.</summary>
    public IEnumerable<KeyValuePair<string, GripValue>> EnumerateObject()
    {
        if (IsTnet)
        {
            foreach (var (name, value) in _tnet.EnumerateMap())
                yield return new(Encoding.UTF8.GetString(name.Span), value);
            yield break;
        }

        var end = Json.After(_row);
        for (var row = ParsedJson.FirstIn(_row); row < end; row = Json.After(row + 1))
            yield return new(Json.RawOf(row).GetReplaced(), new GripValue(Json, row + 1));
    }

    /// <summary>How many members an object has, repeated ones too. Only for objects.</summary>
    internal int CountMembers()
    {
        if (IsTnet)
            return _tnet.EnumerateMap().Count();
        var count = 0;
        var end = Json.After(_row);
        for (var row = ParsedJson.FirstIn(_row); row < end; row = Json.After(row + 1))
            count++;
        return count;
    }

    /// <summary>Elements of a list in order. Only for lists.</summary>
    public IEnumerable<GripValue> EnumerateArray()
    {
        if (IsTnet)
        {
            foreach (var value in _tnet.EnumerateList())
                yield return value;
            yield break;
        }

        var end = Json.After(_row);
        for (var row = ParsedJson.FirstIn(_row); row < end; row = Json.After(row))
            yield return new GripValue(Json, row);
    }

    /// <summary>The value of a string, or null: it is none, or not well-formed Unicode.</summary>
    public string? GetString()
    {
        if (IsTnet)
            return _tnet.GetText();
        return ValueKind == JsonValueKind.String ? Json.RawOf(_row).GetString() : null;
    }

    /// <summary>The value of a string; what is not well-formed becomes U+FFFD.</summary>
    internal string GetReplaced() => IsTnet ? Encoding.UTF8.GetString(_tnet.Data.Span) : Json.RawOf(_row).GetReplaced();

    /// <summary>The content that a string is: UTF-8 from JSON, the bytes themselves from tnetstring.</summary>
    internal byte[] GetContent() => IsTnet ? _tnet.Data.ToArray() : Json.RawOf(_row).GetUtf8();

    /// <summary>The binary content that a string holds: in Base64 in JSON, as it is in tnetstring.</summary>
    internal byte[] GetBinary() => IsTnet ? _tnet.Data.ToArray() : Json.RawOf(_row).GetBase64();

    /// <summary>Reads a whole number the way GRIP peers write them; false if it is none.</summary>
    internal bool TryGetInteger(out long number) =>
        IsTnet ? JsonInteger.TryRead(_tnet, out number) : JsonInteger.TryRead(ValueKind, Json.RawOf(_row), out number);

    /// <summary>A number as JSON writes it, or null: JSON has no word for it.</summary>
    internal string? GetNumberText() => IsTnet ? NumberText(_tnet) : Json.RawOf(_row).GetReplaced();

    // Whoever asks for what is in a value has asked for its kind before.
    private ParsedJson Json => _json ?? throw new InvalidOperationException("there is no value");

    // Apart: a buffer on the stack costs also those who do not come to it.
    private bool TryGetTnetMember(string key, out GripValue value)
    {
        Span<byte> name = stackalloc byte[key.Length];
        Encoding.ASCII.GetBytes(key, name);
        var isThere = _tnet.TryGet(name, out var member);
        value = member;
        return isThere;
    }

    private static JsonValueKind KindOf(TnetValue value) => value.Type switch
    {
        TnetType.Bytes => JsonValueKind.String,
        TnetType.Integer or TnetType.Float => JsonValueKind.Number,
        TnetType.Boolean => value.GetBoolean() == true ? JsonValueKind.True : JsonValueKind.False,
        TnetType.Map => JsonValueKind.Object,
        TnetType.List => JsonValueKind.Array,
        _ => JsonValueKind.Null,
    };

    private static string? NumberText(TnetValue value)
    {
        if (value.Type == TnetType.Integer)
            return (value.GetInteger() ?? 0).ToString(CultureInfo.InvariantCulture);
        return value.GetFloat() is { } number && double.IsFinite(number) ? number.ToString("R", CultureInfo.InvariantCulture) : null;
    }
}
