using System.Text;
using GripProxy.Protocol.Http;

namespace GripProxy.Protocol.Instructs;

/// <summary>
/// Reads the parameters of one header element, <c>name=val; name="quoted \"val\""</c>, one after the other (HTTP-12).
/// </summary>
internal ref struct HeaderParameters(ReadOnlySpan<char> text)
{
    private ReadOnlySpan<char> _rest = text;

    /// <summary>Name of the parameter last found; compare without regard to case.</summary>
    public ReadOnlySpan<char> Name { get; private set; } = default;

    /// <summary>Its value as Unicode text, without quotes; empty if it has none.</summary>
    public string Value { get; private set; } = "";

    /// <summary>True if the element does not parse (a quote never ends); it is then skipped as a whole.</summary>
    public bool Failed { get; private set; } = false;

    /// <summary>
    /// Takes the part before the first semicolon: the value that the parameters belong to, as written. Null if it does not parse.
    /// </summary>
    public string? TakeValue()
    {
        var value = Take(HeaderScanner.LinkLength(_rest));
        return Failed ? null : value.ToString();
    }

    /// <summary>Goes to the next parameter; false at the end or when the element does not parse.</summary>
    public bool Next()
    {
        while (!Failed && _rest.Length > 0)
        {
            var part = Take(0);
            if (Failed || part.Length == 0)
                continue;
            var equals = part.IndexOf('=');
            Name = equals < 0 ? part : part[..equals].TrimEnd();
            Value = equals < 0 ? "" : HeaderText.ToUnicode(Unquote(part[(equals + 1)..].TrimStart()));
            return true;
        }

        return false;
    }

    /// <summary>True if the parameter last found has that name.</summary>
    public readonly bool Is(string name) => Name.Equals(name, StringComparison.OrdinalIgnoreCase);

    private ReadOnlySpan<char> Take(int from)
    {
        var end = HeaderScanner.Find(_rest, ';', from, out var closed);
        var part = _rest[..end].Trim();
        _rest = end < _rest.Length ? _rest[(end + 1)..] : default;
        Failed |= !closed;
        return part;
    }

    // What follows a closing quote has no meaning and is left out.
    private static string Unquote(ReadOnlySpan<char> value)
    {
        if (!value.StartsWith('"'))
            return value.ToString();
        var text = new StringBuilder(value.Length);
        for (var i = 1; i < value.Length && value[i] != '"'; i++)
        {
            if (value[i] == '\\' && i + 1 < value.Length)
                i++;
            text.Append(value[i]);
        }

        return text.ToString();
    }
}
