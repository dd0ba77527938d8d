using System.Buffers.Binary;
using System.Text;

namespace GripProxy.Functional.Tests.Telemetry;

/// <summary>A message in protocol buffers, read without its schema: the fields by their numbers. Immutable.</summary>
internal sealed class ProtoMessage
{
    private readonly List<(int Field, ulong Number, ReadOnlyMemory<byte> Bytes)> _fields = [];

    public ProtoMessage(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            ulong key = ReadNumber(ref bytes);
            int field = (int)(key >> 3);
            switch (key & 7)
            {
                case 0:
                    _fields.Add((field, ReadNumber(ref bytes), default));
                    break;
                case 1:
                    _fields.Add((field, BinaryPrimitives.ReadUInt64LittleEndian(bytes.Span), default));
                    bytes = bytes[8..];
                    break;
                case 2:
                    int length = (int)ReadNumber(ref bytes);
                    _fields.Add((field, 0, bytes[..length]));
                    bytes = bytes[length..];
                    break;
                case 5:
                    _fields.Add((field, BinaryPrimitives.ReadUInt32LittleEndian(bytes.Span), default));
                    bytes = bytes[4..];
                    break;
                default:
                    throw new InvalidDataException($"wire type {key & 7} of field {field}");
            }
        }
    }

    /// <summary>All messages in a field, and in those the next one, and so on.</summary>
    public IEnumerable<ProtoMessage> All(params int[] path)
    {
        IEnumerable<ProtoMessage> found = [this];
        foreach (int field in path)
        {
            found = found.SelectMany(message => message._fields.Where(entry => entry.Field == field).Select(entry => new ProtoMessage(entry.Bytes))).ToList();
        }

        return found;
    }

    public bool Has(int field) => _fields.Exists(entry => entry.Field == field);

    public string Text(int field) => Encoding.UTF8.GetString(Bytes(field).Span);

    public string Hex(int field) => Convert.ToHexStringLower(Bytes(field).Span);

    public long Number(int field) => (long)_fields.Find(entry => entry.Field == field).Number;

    /// <summary>The attributes of a span, a point or a resource as text.</summary>
    public IReadOnlyDictionary<string, string> Attributes(int field) => All(field).ToDictionary(
        pair => pair.Text(1),
        pair => pair.All(2).Select(value => value.Has(3) ? value.Number(3).ToString(System.Globalization.CultureInfo.InvariantCulture) : value.Text(1)).Single(),
        StringComparer.Ordinal);

    private ReadOnlyMemory<byte> Bytes(int field) => _fields.Find(entry => entry.Field == field).Bytes;

    private static ulong ReadNumber(ref ReadOnlyMemory<byte> bytes)
    {
        ulong number = 0;
        for (int shift = 0; ; shift += 7)
        {
            byte next = bytes.Span[0];
            bytes = bytes[1..];
            number |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
            {
                return number;
            }
        }
    }
}
