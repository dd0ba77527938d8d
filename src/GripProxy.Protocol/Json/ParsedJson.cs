using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace GripProxy.Protocol.Json;

/// <summary>
/// A JSON text, checked and taken apart once: a row per value and name, in the order of the text, so that looking for a member compares a few
/// lengths. Refers to the text. Owned by whoever parsed it; immutable until disposed.
/// </summary>
public sealed class ParsedJson : IDisposable
{
    // Most values are longer, so that the first buffer is most often the last.
    private const int BytesPerRow = 8;

    private readonly ReadOnlyMemory<byte> _text;

    // Rows as bytes: every process has a pool of these already.
    private byte[] _buffer;
    private int _count;

    private ParsedJson(ReadOnlyMemory<byte> text)
    {
        _text = text;
        _buffer = ArrayPool<byte>.Shared.Rent(Math.Min((text.Length / BytesPerRow) + 8, Array.MaxLength / Row.Size) * Row.Size);
    }

    /// <summary>The outermost value; it and what is found in it are valid until this is disposed of.</summary>
    public GripValue Root => new(this, 0);

    /// <summary>Takes a text apart. What stands in strings is not looked at: they may hold bytes that are no UTF-8.</summary>
    /// <param name="text">The text, unchanged as long as the result is used.</param>
    /// <param name="maxDepth">Deepest nesting, 0 = any.</param>
    /// <exception cref="JsonException">It is not JSON, or nested too deeply.</exception>
    public static ParsedJson Parse(ReadOnlyMemory<byte> text, int maxDepth)
    {
        var parsed = new ParsedJson(text);
        try
        {
            parsed.Read(new Utf8JsonReader(text.Span, new JsonReaderOptions { MaxDepth = maxDepth == 0 ? int.MaxValue : maxDepth }));
            return parsed;
        }
        catch
        {
            parsed.Dispose();
            throw;
        }
    }

    /// <summary>Gives the memory back.</summary>
    public void Dispose()
    {
        var buffer = _buffer;
        _buffer = [];
        if (buffer.Length > 0)
            ArrayPool<byte>.Shared.Return(buffer);
    }

    /// <summary>What a value is.</summary>
    internal JsonValueKind KindOf(int row) => Rows[row].Token switch
    {
        JsonTokenType.StartObject => JsonValueKind.Object,
        JsonTokenType.StartArray => JsonValueKind.Array,
        JsonTokenType.String => JsonValueKind.String,
        JsonTokenType.Number => JsonValueKind.Number,
        JsonTokenType.True => JsonValueKind.True,
        JsonTokenType.False => JsonValueKind.False,
        _ => JsonValueKind.Null,
    };

    /// <summary>A value or name as written; strings and names without their quotes.</summary>
    internal JsonRaw RawOf(int row)
    {
        ref readonly var found = ref Rows[row];
        return new JsonRaw(_text.Span.Slice(found.Start, found.Length), found.IsEscaped);
    }

    /// <summary>The value of the last member of that ASCII name, or -1.</summary>
    internal int FindMember(int row, string name)
    {
        var rows = Rows;
        ref readonly var searched = ref rows[row];
        var last = -1;
        // Most names that are looked for are not there.
        if ((searched.Names & Row.BitOf(name.Length, name.Length == 0 ? '\0' : name[0])) == 0)
            return last;
        var text = _text.Span;
        for (var member = row + 1; member < searched.End; member = rows[member + 1].End)
        {
            ref readonly var found = ref rows[member];
            if ((found.Length == name.Length || found.IsEscaped) && new JsonRaw(text.Slice(found.Start, found.Length), found.IsEscaped).Is(name))
                last = member + 1;
        }

        return last;
    }

    /// <summary>The first row in an object or list: a name, or an element.</summary>
    internal static int FirstIn(int row) => row + 1;

    /// <summary>The row behind a value and all that is in it.</summary>
    internal int After(int row) => Rows[row].End;

    private Span<Row> Rows => MemoryMarshal.Cast<byte, Row>(_buffer.AsSpan());

    // While an object or list is open, its length holds the one around it.
    private void Read(Utf8JsonReader reader)
    {
        var open = -1;
        while (reader.Read())
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.EndObject or JsonTokenType.EndArray:
                    ref var closed = ref Rows[open];
                    open = closed.Length;
                    closed.Length = (int)reader.BytesConsumed - closed.Start;
                    closed.End = _count;
                    break;
                case JsonTokenType.StartObject or JsonTokenType.StartArray:
                    Add(reader.TokenType, (int)reader.TokenStartIndex, open, isEscaped: false);
                    open = _count - 1;
                    break;
                case JsonTokenType.PropertyName:
                    var name = reader.ValueSpan;
                    Rows[open].Names |= reader.ValueIsEscaped ? Row.AnyName : Row.BitOf(name.Length, name.IsEmpty ? '\0' : (char)name[0]);
                    goto case JsonTokenType.String;
                case JsonTokenType.String:
                    Add(reader.TokenType, (int)reader.TokenStartIndex + 1, reader.ValueSpan.Length, reader.ValueIsEscaped);
                    break;
                default:
                    Add(reader.TokenType, (int)reader.TokenStartIndex, reader.ValueSpan.Length, isEscaped: false);
                    break;
            }
        }
    }

    private void Add(JsonTokenType token, int start, int length, bool isEscaped)
    {
        var rows = Rows;
        if (_count == rows.Length)
        {
            Grow();
            rows = Rows;
        }

        rows[_count] = new Row { Start = start, Length = length, End = _count + 1, Token = token, IsEscaped = isEscaped };
        _count++;
    }

    private void Grow()
    {
        var larger = ArrayPool<byte>.Shared.Rent(checked(_buffer.Length * 2));
        _buffer.CopyTo(larger, 0);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }

    private struct Row
    {
        public const int Size = 16;
        public const ushort AnyName = ushort.MaxValue;

        public int Start;
        public int Length;

        /// <summary>The row behind this one and all that is in it.</summary>
        public int End;
        public JsonTokenType Token;
        public bool IsEscaped;

        /// <summary>The bits of an object's names: a name whose bit is not there is not there either.</summary>
        public ushort Names;

        public static ushort BitOf(int length, char first) => (ushort)(1 << ((length + first) & 15));
    }
}
