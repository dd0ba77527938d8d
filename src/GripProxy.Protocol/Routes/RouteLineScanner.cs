using System.Text;

namespace GripProxy.Protocol.Routes;

/// <summary>Splits a route line into sections and options (RTE-01, RTE-02). Lives for one line.</summary>
internal ref struct RouteLineScanner
{
    private readonly ReadOnlySpan<char> _line;
    private readonly StringBuilder _element = new();
    private int _position;
    private string? _error;

    private RouteLineScanner(ReadOnlySpan<char> line) => _line = line;

    private readonly bool AtEnd => _position == _line.Length || _line[_position] == '#';

    private readonly bool AtSectionEnd => AtEnd || IsSpace(_line[_position]);

    /// <summary>Gives the sections of the line, none for an empty line or a comment; or null and what is wrong.</summary>
    public static IReadOnlyList<RouteSection>? Scan(ReadOnlySpan<char> line, out string? error)
    {
        var scanner = new RouteLineScanner(line);
        var sections = scanner.ReadSections();
        error = scanner._error;
        return error is null ? sections : null;
    }

    private static bool IsSpace(char c) => c is ' ' or '\t' or '\r' or '\n';

    private List<RouteSection> ReadSections()
    {
        var sections = new List<RouteSection>();
        while (true)
        {
            while (_position < _line.Length && IsSpace(_line[_position]))
                _position++;
            if (AtEnd)
                return sections;

            sections.Add(ReadSection());
            if (_error is not null)
                return sections;
        }
    }

    private RouteSection ReadSection()
    {
        var (text, equals) = ReadElement();
        var props = new List<RouteProp>();
        var value = text;
        if (equals >= 0)
        {
            value = "";
            AddProp(props, text, equals);
        }

        while (_error is null && !AtSectionEnd)
        {
            // Only a comma ends an element within a section.
            _position++;
            if (AtSectionEnd)
            {
                _error = "expecting prop: expected name or name=value after the comma";
                break;
            }

            (text, equals) = ReadElement();
            AddProp(props, text, equals);
        }

        return new RouteSection(value, props);
    }

    private void AddProp(List<RouteProp> props, string text, int equals)
    {
        var name = equals < 0 ? text : text[..equals];
        if (name.Length == 0)
            _error ??= "empty prop name: expected name or name=value after the comma";
        else
            props.Add(new RouteProp(name, equals < 0 ? "" : text[(equals + 1)..], equals >= 0));
    }

    /// <summary>Reads up to a comma or the end of the section; gives the place of the first <c>=</c> outside quotes, or -1.</summary>
    private (string Text, int EqualsAt) ReadElement()
    {
        _element.Clear();
        var equals = -1;
        while (_error is null && !AtSectionEnd && _line[_position] != ',')
        {
            var c = _line[_position++];
            if (c == '"')
            {
                ReadQuoted();
                continue;
            }

            if (c == '=' && equals < 0)
                equals = _element.Length;
            _element.Append(c);
        }

        return (_element.ToString(), equals);
    }

    private void ReadQuoted()
    {
        while (_position < _line.Length)
        {
            var c = _line[_position++];
            if (c == '"')
                return;

            if (c == '\\')
            {
                if (_position == _line.Length)
                {
                    _error = "unterminated escape sequence";
                    return;
                }

                c = _line[_position++];
                if (c is not ('\\' or '"'))
                {
                    _error = $"unexpected escape character: {c}";
                    return;
                }
            }

            _element.Append(c);
        }

        _error = "unterminated quoted section: expected another \" before the end of the line";
    }
}
