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
    private readonly JsonElement _json;
    private readonly TnetValue _tnet;

    private GripValue(JsonElement json) => _json = json;

    private GripValue(TnetValue tnet)
    {
        _tnet = tnet;
        IsTnet = true;
    }

    /// <summary>True if it was sent as tnetstring, where binary content needs no Base64.</summary>
    public bool IsTnet { get; }

    /// <summary>Its kind, in JSON's words.</summary>
    public JsonValueKind ValueKind => IsTnet ? KindOf(_tnet) : _json.ValueKind;

    /// <summary>The value of JSON; valid as long as its document is.</summary>
    public static implicit operator GripValue(JsonElement json) => new(json);

    /// <summary>The value of a tnetstring; valid as long as its bytes are.</summary>
    public static implicit operator GripValue(TnetValue tnet) => new(tnet);

    /// <summary>Finds a member of an object by its ASCII name; of several with one name the last counts. Only for objects.</summary>
    public bool TryGetMember(string key, out GripValue value)
    {
        if (IsTnet)
        {
            Span<byte> name = stackalloc byte[key.Length];
            Encoding.ASCII.GetBytes(key, name);
            var isThere = _tnet.TryGet(name, out var member);
            value = member;
            return isThere;
        }

        var found = false;
        value = default;
        foreach (var member in _json.EnumerateObject())
        {
            if (!JsonText.HasName(member, key))
                continue;
            value = member.Value;
            found = true;
        }

        return found;
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

        foreach (var member in _json.EnumerateObject())
            yield return new(JsonText.GetName(member), member.Value);
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

        foreach (var element in _json.EnumerateArray())
            yield return element;
    }

    /// <summary>The value of a string, or null: it is none, or not well-formed Unicode.</summary>
    public string? GetString()
    {
        if (IsTnet)
            return _tnet.GetText();
        return _json.ValueKind == JsonValueKind.String ? JsonText.GetString(_json) : null;
    }

    /// <summary>The value of a string; what is not well-formed becomes U+FFFD.</summary>
    internal string GetReplaced() => IsTnet ? Encoding.UTF8.GetString(_tnet.Data.Span) : JsonText.GetReplaced(_json);

    /// <summary>The content that a string is: UTF-8 from JSON, the bytes themselves from tnetstring.</summary>
    internal byte[] GetContent() => IsTnet ? _tnet.Data.ToArray() : JsonText.GetUtf8(_json);

    /// <summary>The binary content that a string holds: in Base64 in JSON, as it is in tnetstring.</summary>
    internal byte[] GetBinary() => IsTnet ? _tnet.Data.ToArray() : JsonText.GetBase64(_json);

    /// <summary>Reads a whole number the way GRIP peers write them; false if it is none.</summary>
    internal bool TryGetInteger(out long number) =>
        IsTnet ? JsonInteger.TryRead(_tnet, out number) : JsonInteger.TryRead(_json, out number);

    /// <summary>The value as JSON; from tnetstring it is a copy, in which what is no text becomes U+FFFD.</summary>
    internal JsonElement ToJson() => IsTnet ? TnetJson.Convert(_tnet) : _json;

    private static JsonValueKind KindOf(TnetValue value) => value.Type switch
    {
        TnetType.Bytes => JsonValueKind.String,
        TnetType.Integer or TnetType.Float => JsonValueKind.Number,
        TnetType.Boolean => value.GetBoolean() == true ? JsonValueKind.True : JsonValueKind.False,
        TnetType.Map => JsonValueKind.Object,
        TnetType.List => JsonValueKind.Array,
        _ => JsonValueKind.Null,
    };
}
