using System.Globalization;
using System.Text;

namespace GripProxy.Protocol.Configuration;

/// <summary>
/// Decodes what stands right of the <c>=</c> (CFG-02, OBS-03): quotes may enclose any part, <c>;</c> outside them ends the value, <c>,</c>
/// outside them separates elements, white space around the value is dropped unless quoted.
/// </summary>
internal ref struct IniValueReader
{
    private readonly ReadOnlySpan<char> _text;
    private readonly Action<string> _warn;
    private readonly List<string> _parts;
    private readonly StringBuilder _part;
    private int _position;

    // Length of the part up to the last character that trimming must not take away.
    private int _significant;

    private IniValueReader(ReadOnlySpan<char> text, Action<string> warn)
    {
        _text = text.TrimStart();
        _warn = warn;
        _parts = [];
        _part = new StringBuilder();
    }

    public static IniValue Read(ReadOnlySpan<char> text, Action<string> warn) => new IniValueReader(text, warn).Read();

    private IniValue Read()
    {
        var quoted = false;
        while (_position < _text.Length)
        {
            var c = _text[_position++];
            if (c == '"')
                quoted = !quoted;
            else if (c == '\\')
                ReadEscape();
            else if (c == ';' && !quoted)
                break;
            else if (c == ',' && !quoted)
                EndPart();
            else
                Append(c, quoted || !char.IsWhiteSpace(c));
        }

        if (quoted)
            _warn("a quote is not closed: expected \" before the end of the line");
        _part.Length = _significant;
        EndPart();
        return new IniValue(_parts);
    }

    private void EndPart()
    {
        _parts.Add(_part.ToString());
        _part.Clear();
        _significant = 0;
    }

    private void Append(char c, bool significant)
    {
        _part.Append(c);
        if (significant)
            _significant = _part.Length;
    }

    private void ReadEscape()
    {
        if (_position == _text.Length)
        {
            Append('\\', significant: true);
            return;
        }

        var c = _text[_position++];
        const string Names = "abfnrtv0\"'\\?;,";
        const string Values = "\a\b\f\n\r\t\v\0\"'\\?;,";
        if (c == 'x')
        {
            ReadHex();
        }
        else if (Names.IndexOf(c, StringComparison.Ordinal) is >= 0 and var index)
        {
            Append(Values[index], significant: true);
        }
        else
        {
            _warn($"unknown escape \\{c} is kept as it is; a backslash is written \\\\");
            Append('\\', significant: true);
            Append(c, significant: true);
        }
    }

    private void ReadHex()
    {
        var digits = 0;
        while (digits < 4 && _position + digits < _text.Length && char.IsAsciiHexDigit(_text[_position + digits]))
            digits++;
        if (digits == 0)
        {
            _warn("\\x is kept as it is: expected hexadecimal digits after it");
            Append('\\', significant: true);
            Append('x', significant: true);
            return;
        }

        Append((char)ushort.Parse(_text.Slice(_position, digits), NumberStyles.AllowHexSpecifier), significant: true);
        _position += digits;
    }
}
