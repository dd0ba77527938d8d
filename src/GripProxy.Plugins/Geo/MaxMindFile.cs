using System.Buffers;
using System.Buffers.Binary;
using System.IO.MemoryMappedFiles;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace GripProxy.Plugins.Geo;

/// <summary>
/// A database in the MaxMind format, version 2.0: a tree of networks whose leaves are places in a section of data. Mapped into memory; what is read is
/// checked, because a file may be damaged. Immutable. A file that is replaced must be so by a rename: one that becomes shorter under the map ends the process.
/// </summary>
internal sealed class MaxMindFile : IDisposable
{
    // The start of the description of the file is looked for from its end, this far.
    private const int MetadataReach = 128 * 1024;

    private static readonly byte[] Marker = [0xab, 0xcd, 0xef, .. "MaxMind.com"u8];

    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly MaxMindData _data;
    private readonly long _nodes;
    private readonly int _recordBits;
    private readonly int _version;
    private readonly long _firstOfIPv4;

    private MaxMindFile(MemoryMappedFile file, MemoryMappedViewAccessor view, long length)
    {
        _file = file;
        _view = view;
        using var metadata = ReadMetadata(view, length);
        var root = metadata.RootElement;
        if (root.GetProperty("binaryFormatMajorVersion").GetInt32() != 2)
            throw new InvalidDataException("its format is not version 2");
        _nodes = root.GetProperty("nodeCount").GetUInt32();
        _recordBits = root.GetProperty("recordSize").GetInt32();
        _version = root.GetProperty("ipVersion").GetInt32();
        if (_recordBits is not (24 or 28 or 32) || _version is not (4 or 6))
            throw new InvalidDataException($"records of {_recordBits} bits for IPv{_version} are unknown");
        var tree = _nodes * _recordBits / 4;
        _data = new MaxMindData(view, tree + 16, length);
        if (tree + 16 > length)
            throw new InvalidDataException("it is cut off");
        _firstOfIPv4 = _version == 4 ? 0 : WalkZeros(96);
    }

    /// <summary>Opens a file.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="InvalidDataException">It is no such database.</exception>
    public static MaxMindFile Open(string path)
    {
        var length = new FileInfo(path).Length;
        if (length == 0)
            throw new InvalidDataException("it is empty");
        var file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
        MemoryMappedViewAccessor? view = null;
        try
        {
            view = file.CreateViewAccessor(0, length, MemoryMappedFileAccess.Read);
            return new MaxMindFile(file, view, length);
        }
        catch (Exception e)
        {
            view?.Dispose();
            file.Dispose();
            if (e is KeyNotFoundException or InvalidOperationException or FormatException or JsonException)
                throw new InvalidDataException("its description is damaged", e);
            throw;
        }
    }

    /// <summary>Writes what is known of an address.</summary>
    /// <returns>False if nothing is.</returns>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    public bool TryWrite(IPAddress address, Utf8JsonWriter json)
    {
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        if (address.AddressFamily == AddressFamily.InterNetworkV6 && _version == 4)
            return false;
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out var count);
        var node = count == 4 ? _firstOfIPv4 : 0;
        for (var bit = 0; bit < count * 8 && node < _nodes; bit++)
            node = Child(node, (bytes[bit >> 3] >> (7 - (bit & 7))) & 1);
        if (node <= _nodes)
            return false;
        _data.Write(node - _nodes - 16, json);
        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _view.Dispose();
        _file.Dispose();
    }

    private static JsonDocument ReadMetadata(MemoryMappedViewAccessor view, long length)
    {
        var tail = new byte[Math.Min(length, MetadataReach)];
        view.SafeMemoryMappedViewHandle.ReadSpan((ulong)(length - tail.Length), tail.AsSpan());
        var at = tail.AsSpan().LastIndexOf(Marker);
        if (at < 0)
            throw new InvalidDataException("it is no MaxMind database");
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
            new MaxMindData(view, length - tail.Length + at + Marker.Length, length).Write(0, json);
        return JsonDocument.Parse(buffer.WrittenMemory);
    }

    private long WalkZeros(int bits)
    {
        long node = 0;
        for (var bit = 0; bit < bits && node < _nodes; bit++)
            node = Child(node, 0);
        return node;
    }

    private long Child(long node, int side)
    {
        Span<byte> record = stackalloc byte[8];
        var size = _recordBits / 4;
        record = record[..size];
        _view.SafeMemoryMappedViewHandle.ReadSpan((ulong)(node * size), record);
        return _recordBits switch
        {
            24 => Three(record[(side * 3)..]),
            28 when side == 0 => ((long)(record[3] & 0xf0) << 20) | Three(record),
            28 => ((long)(record[3] & 0x0f) << 24) | Three(record[4..]),
            _ => BinaryPrimitives.ReadUInt32BigEndian(record[(side * 4)..]),
        };
    }

    private static long Three(ReadOnlySpan<byte> bytes) => ((long)bytes[0] << 16) | ((long)bytes[1] << 8) | bytes[2];
}
