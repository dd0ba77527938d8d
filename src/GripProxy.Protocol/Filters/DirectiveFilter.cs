using System.Buffers;

namespace GripProxy.Protocol.Filters;

/// <summary>
/// Replaces directives in content: <c>%x</c> and <c>%(argument)x</c>, where a backslash in the argument takes the next byte as it is, and
/// <c>%%</c> is a percent sign. Content may come in pieces of any size; what is kept between them is one argument. For one content;
/// owned by whoever filters it.
/// </summary>
public abstract class DirectiveFilter
{
    // Far more than any name or id, little enough that a body without a closing parenthesis costs nothing.
    private const int MaxArgumentBytes = 16 * 1024;

    // A template that repeats a long value must not multiply a small item beyond measure, for each of its receivers.
    private const int MaxGrowthBytes = 1024 * 1024;

    private byte[] _argument = [];
    private int _argumentLength;
    private Place _place;

    private enum Place
    {
        Text,
        Directive,
        Argument,
        Escape,
        Type,
    }

    /// <summary>Filters the next piece.</summary>
    /// <returns>Null, or what is wrong with the content; then the filter must not be used again.</returns>
    public string? Write(ReadOnlySpan<byte> piece, IBufferWriter<byte> output)
    {
        while (piece.Length > 0)
        {
            if (Take(ref piece, output) is { } error)
                return error;
        }

        return null;
    }

    /// <summary>Says that nothing follows.</summary>
    /// <returns>Null, or what is wrong with the end of the content.</returns>
    public string? Finish() => _place == Place.Text ? null : "Content ends inside a directive";

    /// <summary>Filters a whole content. Content without directives is given back as it is, not copied.</summary>
    public FilterOutcome Apply(ReadOnlyMemory<byte> content)
    {
        if (content.Span.IndexOf((byte)'%') < 0)
            return FilterOutcome.Pass(content);
        var output = new ArrayBufferWriter<byte>(content.Length);
        var limit = MaxGrowthBytes + 2L * content.Length;
        var rest = content.Span;
        while (rest.Length > 0)
        {
            if (Take(ref rest, output) is { } error)
                return FilterOutcome.Fail(error);
            if (output.WrittenCount > limit)
                return FilterOutcome.Fail("Filtered content is too long");
        }

        return Finish() is { } unfinished ? FilterOutcome.Fail(unfinished) : FilterOutcome.Pass(output.WrittenMemory);
    }

    /// <summary>Writes what a directive stands for.</summary>
    /// <param name="directive">The character after <c>%</c> or <c>)</c>.</param>
    /// <param name="argument">What stood in the parentheses.</param>
    /// <param name="hasArgument">False if there were no parentheses.</param>
    /// <param name="output">Where to write.</param>
    /// <returns>Null, or an error.</returns>
    protected abstract string? Replace(byte directive, ReadOnlySpan<byte> argument, bool hasArgument, IBufferWriter<byte> output);

    /// <summary>The error about a directive that the filter does not have.</summary>
    protected static string UnknownDirective(byte directive) =>
        directive is > 0x20 and < 0x7f ? $"Unknown directive '{(char)directive}'" : $"Unknown directive 0x{directive:x2}";

    /// <summary>Takes the text up to a directive, or one byte of a directive.</summary>
    private string? Take(ref ReadOnlySpan<byte> piece, IBufferWriter<byte> output)
    {
        if (_place != Place.Text)
        {
            var next = piece[0];
            piece = piece[1..];
            return Read(next, output);
        }

        var percent = piece.IndexOf((byte)'%');
        output.Write(percent < 0 ? piece : piece[..percent]);
        piece = percent < 0 ? default : piece[(percent + 1)..];
        _place = percent < 0 ? Place.Text : Place.Directive;
        return null;
    }

    private string? Read(byte next, IBufferWriter<byte> output)
    {
        switch (_place)
        {
            case Place.Directive when next == '(':
                _argumentLength = 0;
                _place = Place.Argument;
                return null;
            case Place.Directive:
                _place = Place.Text;
                return End(next, default, hasArgument: false, output);
            case Place.Argument when next == '\\':
                _place = Place.Escape;
                return null;
            case Place.Argument when next == ')':
                _place = Place.Type;
                return null;
            case Place.Type:
                _place = Place.Text;
                return End(next, _argument.AsSpan(0, _argumentLength), hasArgument: true, output);
            default:
                _place = Place.Argument;
                return Keep(next);
        }
    }

    private string? End(byte directive, ReadOnlySpan<byte> argument, bool hasArgument, IBufferWriter<byte> output)
    {
        if (directive != '%' || hasArgument)
            return Replace(directive, argument, hasArgument, output);
        output.Write("%"u8);
        return null;
    }

    private string? Keep(byte next)
    {
        if (_argumentLength == MaxArgumentBytes)
            return "Directive argument is too long";
        if (_argumentLength == _argument.Length)
            Array.Resize(ref _argument, Math.Max(32, _argument.Length * 2));
        _argument[_argumentLength++] = next;
        return null;
    }
}
