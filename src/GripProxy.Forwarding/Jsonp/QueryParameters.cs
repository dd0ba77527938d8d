using System.Text;

namespace GripProxy.Forwarding.Jsonp;

/// <summary>
/// The parameters of a query. What is not taken stays exactly as the client wrote it. Owned by whoever reads the request.
/// </summary>
internal sealed class QueryParameters
{
    private readonly List<string> _parts;

    /// <summary>Splits a query, with or without its question mark.</summary>
    public QueryParameters(ReadOnlySpan<char> query) =>
        _parts = query.Length <= 1 ? [] : [.. query[(query[0] == '?' ? 1 : 0)..].ToString().Split('&')];

    /// <summary>True if a parameter of that name is there.</summary>
    public bool Has(string name) => _parts.Exists(part => IsNamed(part, name));

    /// <summary>Takes out all parameters of that name; gives the bytes of the first one's value, or null if there was none.</summary>
    public byte[]? Take(string name)
    {
        var first = _parts.Find(part => IsNamed(part, name));
        if (first is null)
            return null;
        _parts.RemoveAll(part => IsNamed(part, name));
        var equals = first.IndexOf('=', StringComparison.Ordinal);
        return equals < 0 ? [] : Decode(first[(equals + 1)..]);
    }

    /// <summary>What is left, with a question mark if anything is.</summary>
    public override string ToString() => _parts.Count == 0 ? "" : "?" + string.Join('&', _parts);

    private static bool IsNamed(string part, string name)
    {
        var equals = part.IndexOf('=', StringComparison.Ordinal);
        var written = equals < 0 ? part : part[..equals];
        return written == name || (written.Contains('%', StringComparison.Ordinal) && Encoding.UTF8.GetString(Decode(written)) == name);
    }

    // GRIP: a plus sign is itself, and a percent sign without two hexadecimal digits is one too.
    private static byte[] Decode(string text)
    {
        var bytes = Encoding.Latin1.GetBytes(text);
        var length = 0;
        for (var i = 0; i < bytes.Length; i++)
        {
            var isEscape = bytes[i] == '%' && i + 2 < bytes.Length && char.IsAsciiHexDigit((char)bytes[i + 1]) && char.IsAsciiHexDigit((char)bytes[i + 2]);
            bytes[length++] = isEscape ? Convert.FromHexString(text.AsSpan(i + 1, 2))[0] : bytes[i];
            i += isEscape ? 2 : 0;
        }

        return bytes[..length];
    }
}
