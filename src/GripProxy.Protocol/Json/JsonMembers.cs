using System.Text.Json;

namespace GripProxy.Protocol.Json;

/// <summary>
/// The members of one object, of JSON or of a tnetstring, read with GRIP's words for what is wrong (HTTP-13, PUB-11). Every reading method returns the error
/// text, or null; an absent member is no error and gives null.
/// </summary>
/// <param name="Object">The object.</param>
/// <param name="Owner">What error texts call the object, such as <c>'http-stream'</c> with its quotes.</param>
internal readonly record struct JsonMembers(GripValue Object, string Owner)
{
    /// <summary>Finds a member; of several with one name the last counts.</summary>
    public bool TryGet(string key, out GripValue value) => Object.TryGetMember(key, out value);

    /// <summary>Reads a string. Half a surrogate pair makes it invalid.</summary>
    public string? ReadText(string key, out string? value)
    {
        value = null;
        if (!TryGet(key, out var element))
            return null;
        if (element.ValueKind != JsonValueKind.String)
            return WrongType(key);
        value = element.GetString();
        return value is null ? InvalidValue(key) : null;
    }

    /// <summary>
    /// Reads content: the binary string <paramref name="binaryKey"/> if there is one, else the string <paramref name="textKey"/>. Null as binary key:
    /// only the other counts.
    /// </summary>
    public string? ReadContent(string textKey, string? binaryKey, out byte[]? value, out bool binary)
    {
        value = null;
        GripValue element = default;
        binary = binaryKey is not null && TryGet(binaryKey, out element);
        var key = binary ? binaryKey! : textKey; // It was found.
        if (!binary && !TryGet(textKey, out element))
            return null;
        if (element.ValueKind != JsonValueKind.String)
            return WrongType(key);
        value = binary ? element.GetBinary() : element.GetContent();
        return null;
    }

    /// <summary>Reads a whole number between <paramref name="least"/> and <paramref name="most"/>.</summary>
    public string? ReadInteger(string key, int least, int most, out int? value)
    {
        value = null;
        if (!TryGet(key, out var element))
            return null;
        if (!element.TryGetInteger(out var number))
            return WrongType(key);
        if (number < least || number > most)
            return InvalidValue(key);
        value = (int)number;
        return null;
    }

    /// <summary>Reads a list of strings. For errors an element is called <paramref name="noun"/>.</summary>
    public string? ReadTexts(string key, string noun, out string[]? value)
    {
        value = null;
        if (!TryGet(key, out var list))
            return null;
        if (list.ValueKind != JsonValueKind.Array)
            return WrongType(key);
        var texts = new List<string>();
        foreach (var element in list.EnumerateArray())
        {
            if (element.ValueKind != JsonValueKind.String)
                return $"{key} contains {noun} with wrong type";
            if (element.GetString() is not { } text)
                return $"{key} contains {noun} with invalid value";
            texts.Add(text);
        }

        value = [.. texts];
        return null;
    }

    /// <summary>Reads an object of strings into <paramref name="target"/>; later entries win.</summary>
    public string? ReadTextMap(string key, ref Dictionary<string, string>? target)
    {
        if (!TryGet(key, out var map))
            return null;
        if (map.ValueKind != JsonValueKind.Object)
            return WrongType(key);
        foreach (var (name, member) in map.EnumerateObject())
        {
            if (member.ValueKind != JsonValueKind.String)
                return $"'{key}' contains '{name}' with wrong type";
            if (member.GetString() is not { } text)
                return $"'{key}' contains '{name}' with invalid value";
            (target ??= new Dictionary<string, string>(StringComparer.Ordinal))[name] = text;
        }

        return null;
    }

    /// <summary>The error text for a member of the wrong type.</summary>
    public string WrongType(string key) => $"{Owner} contains '{key}' with wrong type";

    /// <summary>The error text for a member whose value is out of range or not allowed.</summary>
    public string InvalidValue(string key) => $"{Owner} contains '{key}' with invalid value";

    /// <summary>The error text for a member whose value is none of the known words.</summary>
    public string UnknownValue(string key) => $"{Owner} contains '{key}' with unknown value";
}
