using System.Buffers.Binary;
using System.IO.MemoryMappedFiles;
using System.Text.Json;

namespace GripProxy.Plugins.Geo;

/// <summary>A section of data of a MaxMind database, read into JSON whose names are in camel case, except what is below <c>names</c> (plugins-api.md §3.7). Immutable.</summary>
/// <param name="view">The file.</param>
/// <param name="start">Where the section begins.</param>
/// <param name="end">Where the file ends.</param>
internal sealed class MaxMindData(MemoryMappedViewAccessor view, long start, long end)
{
    // Far more than any database has: a damaged one may lead in circles.
    private const int Deepest = 32;
    private const int LongestText = 64 * 1024;
    private const int MostValues = 4096;

    private enum Kind
    {
        Extended = 0,
        Pointer = 1,
        Text = 2,
        Double = 3,
        Bytes = 4,
        UInt16 = 5,
        UInt32 = 6,
        Map = 7,
        Int32 = 8,
        UInt64 = 9,
        UInt128 = 10,
        List = 11,
        Boolean = 14,
        Float = 15,
    }

    /// <summary>Writes the value at an offset of the section.</summary>
    /// <exception cref="InvalidDataException">There is none.</exception>
    public void Write(long offset, Utf8JsonWriter json)
    {
        var budget = MostValues;
        Write(start + offset, json, Deepest, isCamel: true, ref budget);
    }

    // 1. What it is. 2. A pointer leads elsewhere, and the next value stands behind the pointer. 3. The value.
    private long Write(long at, Utf8JsonWriter json, int depth, bool isCamel, ref int budget)
    {
        if (depth == 0 || budget-- == 0)
            throw Damaged();
        var (kind, size, value) = ReadHead(at);
        switch (kind)
        {
            case Kind.Pointer:
                Write(start + size, json, depth - 1, isCamel, ref budget);
                return value;
            case Kind.Map:
                return WriteMap(value, size, json, depth, isCamel, ref budget);
            case Kind.List:
                json.WriteStartArray();
                for (long i = 0; i < size; i++)
                    value = Write(value, json, depth - 1, isCamel, ref budget);
                json.WriteEndArray();
                return value;
            case Kind.Boolean:
                json.WriteBooleanValue(size != 0);
                return value;
            default:
                WriteScalar(kind, Read(value, size), json);
                return value + size;
        }
    }

    private long WriteMap(long at, long count, Utf8JsonWriter json, int depth, bool isCamel, ref int budget)
    {
        json.WriteStartObject();
        for (long i = 0; i < count; i++)
        {
            var (name, next) = ReadName(at);
            json.WritePropertyName(isCamel ? Camel(name) : name);
            at = Write(next, json, depth - 1, isCamel && !name.SequenceEqual("names"u8), ref budget);
        }

        json.WriteEndObject();
        return at;
    }

    private (byte[] Name, long Next) ReadName(long at)
    {
        var (kind, size, value) = ReadHead(at);
        long? behind = null;
        if (kind == Kind.Pointer)
        {
            behind = value;
            (kind, size, value) = ReadHead(start + size);
        }

        return kind == Kind.Text ? (Read(value, size), behind ?? (value + size)) : throw Damaged();
    }

    private static void WriteScalar(Kind kind, byte[] bytes, Utf8JsonWriter json)
    {
        switch (kind)
        {
            case Kind.Text:
                json.WriteStringValue(System.Text.Encoding.UTF8.GetString(bytes));
                break;
            case Kind.Double when bytes.Length == 8:
                WriteNumber(json, BinaryPrimitives.ReadDoubleBigEndian(bytes));
                break;
            case Kind.Float when bytes.Length == 4:
                WriteNumber(json, BinaryPrimitives.ReadSingleBigEndian(bytes));
                break;
            case Kind.UInt16 or Kind.UInt32 or Kind.UInt64 when bytes.Length <= 8:
                json.WriteNumberValue(Unsigned(bytes));
                break;
            case Kind.Int32 when bytes.Length <= 4:
                json.WriteNumberValue(unchecked((int)(uint)Unsigned(bytes)));
                break;
            case Kind.UInt128 when bytes.Length <= 16:
                // More than a number of JavaScript can be.
                json.WriteStringValue(Convert.ToHexStringLower(bytes));
                break;
            case Kind.Bytes:
                json.WriteBase64StringValue(bytes);
                break;
            default:
                throw Damaged();
        }
    }

    private static void WriteNumber(Utf8JsonWriter json, double number)
    {
        if (double.IsFinite(number))
            json.WriteNumberValue(number);
        else
            json.WriteNullValue();
    }

    private static ulong Unsigned(byte[] bytes)
    {
        ulong number = 0;
        foreach (var one in bytes)
            number = (number << 8) | one;
        return number;
    }

    // Of a pointer the size is where it leads.
    private (Kind Kind, long Size, long Value) ReadHead(long at)
    {
        Span<byte> head = stackalloc byte[6];
        var have = (int)Math.Min(head.Length, end - at);
        if (at < 0 || have <= 0)
            throw Damaged();
        view.SafeMemoryMappedViewHandle.ReadSpan((ulong)at, head[..have]);
        var kind = (Kind)(head[0] >> 5);
        if (kind == Kind.Pointer)
            return ReadPointer(head, at);
        var used = 1;
        if (kind == Kind.Extended)
            kind = (Kind)(head[used++] + 7);
        long size = head[0] & 0x1f;
        if (size >= 29)
        {
            var more = (int)size - 28;
            size = size switch
            {
                29 => 29 + head[used],
                30 => 285 + BinaryPrimitives.ReadUInt16BigEndian(head[used..]),
                _ => 65_821 + (head[used] << 16) + BinaryPrimitives.ReadUInt16BigEndian(head[(used + 1)..]),
            };
            used += more;
        }

        return (kind, size, at + used);
    }

    private static (Kind Kind, long Size, long Value) ReadPointer(ReadOnlySpan<byte> head, long at)
    {
        long low = head[0] & 7;
        return ((head[0] >> 3) & 3) switch
        {
            0 => (Kind.Pointer, (low << 8) | head[1], at + 2),
            1 => (Kind.Pointer, ((low << 16) | BinaryPrimitives.ReadUInt16BigEndian(head[1..])) + 2048, at + 3),
            2 => (Kind.Pointer, ((low << 24) | ((long)head[1] << 16) | BinaryPrimitives.ReadUInt16BigEndian(head[2..])) + 526_336, at + 4),
            _ => (Kind.Pointer, BinaryPrimitives.ReadUInt32BigEndian(head[1..]), at + 5),
        };
    }

    private byte[] Read(long at, long size)
    {
        if (size > LongestText || at < 0 || at + size > end)
            throw Damaged();
        var bytes = new byte[size];
        view.SafeMemoryMappedViewHandle.ReadSpan((ulong)at, bytes.AsSpan());
        return bytes;
    }

    // iso_code becomes isoCode.
    private static byte[] Camel(byte[] name)
    {
        if (!name.AsSpan().Contains((byte)'_'))
            return name;
        List<byte> camel = new(name.Length);
        for (var i = 0; i < name.Length; i++)
        {
            if (name[i] != '_' || i == name.Length - 1)
                camel.Add(name[i]);
            else if (name[++i] is >= (byte)'a' and <= (byte)'z')
                camel.Add((byte)(name[i] - 32));
            else
                camel.Add(name[i]);
        }

        return [.. camel];
    }

    private static InvalidDataException Damaged() => new("the database is damaged");
}
