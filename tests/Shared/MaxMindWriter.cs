using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace GripProxy.Testing;

/// <summary>Writes small databases in the MaxMind format. Owned by one test.</summary>
internal sealed class MaxMindWriter(int recordBits, int version)
{
    private readonly List<object?[]> _nodes = [new object?[2]];
    private readonly MemoryStream _data = new();
    private readonly Dictionary<string, long> _texts = new(StringComparer.Ordinal);

    /// <summary>What is known of a network: maps, lists, texts, numbers, truth values, bytes.</summary>
    public void Add(string network, object value)
    {
        var parsed = IPNetwork.Parse(network);
        var bytes = parsed.BaseAddress.GetAddressBytes();
        var bits = parsed.PrefixLength;
        if (bytes.Length == 4 && version == 6)
        {
            bytes = [.. new byte[12], .. bytes];
            bits += 96;
        }

        var place = _data.Position;
        Write(value);
        var node = 0;
        for (var bit = 0; bit < bits; bit++)
        {
            var side = (bytes[bit / 8] >> (7 - (bit % 8))) & 1;
            if (bit == bits - 1)
            {
                _nodes[node][side] = place;
            }
            else
            {
                if (_nodes[node][side] is not int next)
                {
                    next = _nodes.Count;
                    _nodes.Add(new object?[2]);
                    _nodes[node][side] = next;
                }

                node = next;
            }
        }
    }

    public byte[] ToArray()
    {
        var file = new MemoryStream();
        foreach (var node in _nodes)
            WriteNode(file, Record(node[0]), Record(node[1]));
        file.Write(new byte[16]);
        file.Write(_data.ToArray());
        file.Write([0xab, 0xcd, 0xef]);
        file.Write("MaxMind.com"u8);
        var metadata = new MaxMindWriter(recordBits, version);
        metadata.Write(new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["node_count"] = (uint)_nodes.Count,
            ["record_size"] = (ushort)recordBits,
            ["ip_version"] = (ushort)version,
            ["database_type"] = "Test-City",
            ["languages"] = new List<object> { "en", "de" },
            ["binary_format_major_version"] = (ushort)2,
            ["binary_format_minor_version"] = (ushort)0,
            ["build_epoch"] = 1_700_000_000UL,
            ["description"] = new Dictionary<string, object>(StringComparer.Ordinal) { ["en"] = "test" },
        });
        file.Write(metadata._data.ToArray());
        return file.ToArray();
    }

    private long Record(object? child) => child switch
    {
        int node => node,
        long place => _nodes.Count + 16 + place,
        _ => _nodes.Count,
    };

    private void WriteNode(Stream to, long left, long right)
    {
        Span<byte> bytes = stackalloc byte[8];
        switch (recordBits)
        {
            case 24:
                Three(bytes, left);
                Three(bytes[3..], right);
                break;
            case 28:
                Three(bytes, left);
                bytes[3] = (byte)(((left >> 24) << 4) | (right >> 24));
                Three(bytes[4..], right);
                break;
            default:
                BinaryPrimitives.WriteUInt32BigEndian(bytes, (uint)left);
                BinaryPrimitives.WriteUInt32BigEndian(bytes[4..], (uint)right);
                break;
        }

        to.Write(bytes[..(recordBits / 4)]);
    }

    private static void Three(Span<byte> bytes, long number)
    {
        bytes[0] = (byte)(number >> 16);
        bytes[1] = (byte)(number >> 8);
        bytes[2] = (byte)number;
    }

    private void Write(object value)
    {
        switch (value)
        {
            case string text when _texts.TryGetValue(text, out var place) && place < 2048:
                _data.Write([(byte)(0x20 | (int)(place >> 8)), (byte)place]);
                break;
            case string text:
                _texts[text] = _data.Position;
                var bytes = Encoding.UTF8.GetBytes(text);
                Head(2, bytes.Length);
                _data.Write(bytes);
                break;
            case IReadOnlyDictionary<string, object> map:
                Head(7, map.Count);
                foreach (var (name, member) in map)
                {
                    Write(name);
                    Write(member);
                }

                break;
            case IReadOnlyList<object> list:
                Head(11, list.Count);
                foreach (var member in list)
                    Write(member);
                break;
            case double number:
                Head(3, 8);
                var eight = new byte[8];
                BinaryPrimitives.WriteDoubleBigEndian(eight, number);
                _data.Write(eight);
                break;
            case bool truth:
                Head(14, truth ? 1 : 0);
                break;
            case byte[] raw:
                Head(4, raw.Length);
                _data.Write(raw);
                break;
            case ushort number:
                Number(5, number);
                break;
            case uint number:
                Number(6, number);
                break;
            case ulong number:
                Number(9, number);
                break;
            case int number:
                Head(8, 4);
                var four = new byte[4];
                BinaryPrimitives.WriteInt32BigEndian(four, number);
                _data.Write(four);
                break;
            default:
                throw new ArgumentException($"{value.GetType()} cannot be written", nameof(value));
        }
    }

    // Without leading zeros, as the real ones are.
    private void Number(int kind, ulong number)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, number);
        var start = 0;
        while (start < 8 && bytes[start] == 0)
            start++;
        Head(kind, 8 - start);
        _data.Write(bytes.AsSpan(start));
    }

    private void Head(int kind, int size)
    {
        var low = size < 29 ? size : size < 285 ? 29 : size < 65_821 ? 30 : 31;
        _data.WriteByte((byte)(((kind > 7 ? 0 : kind) << 5) | low));
        if (kind > 7)
            _data.WriteByte((byte)(kind - 7));
        if (low == 29)
            _data.WriteByte((byte)(size - 29));
        else if (low == 30)
            _data.Write([(byte)((size - 285) >> 8), (byte)(size - 285)]);
        else if (low == 31)
            _data.Write([(byte)((size - 65_821) >> 16), (byte)((size - 65_821) >> 8), (byte)(size - 65_821)]);
    }
}
