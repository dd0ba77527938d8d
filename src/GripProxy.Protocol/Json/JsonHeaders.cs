using System.Text.Json;
using GripProxy.Protocol.Http;

namespace GripProxy.Protocol.Json;

/// <summary>
/// Reads the <c>headers</c> member of a JSON instruct or a published response: a list of pairs, in order, or an object of strings,
/// sorted by name (HTTP-13, HTTP-25, PUB-12). What could break out of a header line is refused (DIF-81).
/// </summary>
internal static class JsonHeaders
{
    /// <summary>Returns the error text, or null. <paramref name="headers"/> is null if the member is absent.</summary>
    public static string? Read(JsonMembers owner, out HeaderList? headers)
    {
        headers = null;
        if (!owner.TryGet("headers", out var element))
            return null;
        var list = new HeaderList();
        var error = element.ValueKind switch
        {
            JsonValueKind.Array => ReadPairs(element, owner, list),
            JsonValueKind.Object => ReadMembers(element, owner, list),
            _ => owner.WrongType("headers"),
        };
        headers = list;
        return error;
    }

    private static string? ReadPairs(GripValue pairs, JsonMembers owner, HeaderList into)
    {
        foreach (var pair in pairs.EnumerateArray())
        {
            if (pair.ValueKind != JsonValueKind.Array)
                return "headers contains element with wrong type";
            var parts = pair.EnumerateArray().ToList();
            if (parts.Count != 2)
                return "headers contains list with wrong number of elements";
            if (parts[0].ValueKind != JsonValueKind.String)
                return "header contains name element with wrong type";
            if (parts[1].ValueKind != JsonValueKind.String)
                return "header contains value element with wrong type";
            if (!TryAdd(parts[0].GetReplaced(), parts[1], into))
                return owner.InvalidValue("headers");
        }

        return null;
    }

    private static string? ReadMembers(GripValue map, JsonMembers owner, HeaderList into)
    {
        var sorted = new SortedDictionary<string, GripValue>(StringComparer.Ordinal);
        foreach (var (name, value) in map.EnumerateObject())
        {
            if (value.ValueKind != JsonValueKind.String)
                return $"headers contains '{name}' with wrong type";
            sorted[name] = value;
        }

        foreach (var (name, value) in sorted)
        {
            if (!TryAdd(name, value, into))
                return owner.InvalidValue("headers");
        }

        return null;
    }

    private static bool TryAdd(string name, GripValue element, HeaderList into)
    {
        if (!HeaderText.IsToken(name) || element.GetString() is not { } text || !HeaderText.IsSafeValue(text))
            return false;
        into.Add(name, HeaderText.FromUnicode(text.Trim(' ', '\t')));
        return true;
    }
}
