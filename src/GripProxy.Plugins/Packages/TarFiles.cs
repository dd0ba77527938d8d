using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace GripProxy.Plugins.Packages;

/// <summary>
/// Reads the files of a tar archive, whoever wrote it: of the old form, of POSIX (with its extended headers) and of GNU. What an archive says about its own sizes is
/// believed only as far as a package may go, and it is read once, so that a small archive of large headers takes no memory (plugins-api.md §1.1).
/// </summary>
internal static class TarFiles
{
    private const int Block = 512;

    // A path has at most a few hundred characters; there are further fields beside it.
    private const int LongestHeader = 64 * 1024;

    private static readonly UTF8Encoding Text = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The regular files, in their order.</summary>
    /// <param name="tar">The archive.</param>
    /// <param name="left">Bytes that may be unpacked, of contents and headers.</param>
    /// <exception cref="PackageException">It holds what is no file, or too much.</exception>
    /// <exception cref="InvalidDataException">It is no tar archive.</exception>
    /// <exception cref="EndOfStreamException">It ends too early.</exception>
    public static IEnumerable<KeyValuePair<string, byte[]>> Read(Stream tar, long left)
    {
        var header = new byte[Block];
        string? longName = null;
        (string? Path, long? Size) extended = default;
        while (tar.ReadAtLeast(header, Block, throwOnEndOfStream: false) is var read and > 0)
        {
            if (read < Block)
                throw new EndOfStreamException("it ends within a header");
            if (!header.AsSpan().ContainsAnyExcept((byte)0))
                yield break;
            CheckSum(header);
            left = Take(left, Block);
            var type = (char)header[156];
            var size = Number(header.AsSpan(124, 12));
            switch (type)
            {
                case 'L':
                    longName = TextOf(ReadHeader(tar, size, ref left));
                    continue;
                case 'x':
                    extended = Fields(ReadHeader(tar, size, ref left));
                    continue;
                case 'g':
                    // It is about all that follow; what it may say of these, a package has no use for.
                    ReadHeader(tar, size, ref left);
                    continue;
            }

            var name = extended.Path ?? longName ?? NameOf(header);
            size = extended.Size ?? size;
            (longName, extended) = (null, default);
            switch (type)
            {
                case '5':
                    Skip(tar, size, ref left);
                    break;
                case '\0' when name.EndsWith('/'):
                    // A folder, as it was written before there was a type for them.
                    break;
                case '0' or '\0' or '7':
                    yield return new(name, ReadContent(tar, size, ref left));
                    break;
                default:
                    throw new PackageException($"{name} is no file; a package holds files only");
            }
        }
    }

    private static byte[] ReadHeader(Stream tar, long size, ref long left) => size <= LongestHeader
        ? ReadContent(tar, size, ref left)
        : throw new PackageException($"a header of the archive has {size} bytes; {LongestHeader} are allowed");

    // Contents fill whole blocks.
    private static byte[] ReadContent(Stream tar, long size, ref long left)
    {
        left = Take(left, size);
        var content = new byte[size];
        tar.ReadExactly(content);
        Skip(tar, (Block - (size % Block)) % Block, ref left);
        return content;
    }

    private static void Skip(Stream tar, long size, ref long left)
    {
        left = Take(left, size);
        var nothing = new byte[Block];
        for (; size > 0; size -= Block)
            tar.ReadExactly(nothing, 0, (int)Math.Min(size, Block));
    }

    private static long Take(long left, long size) => size <= left
        ? left - size
        : throw new PackageException($"a package may have {PackageLimits.UnpackedBytes >> 20} MiB");

    // The sum over the header with blanks in its own place. Some have summed signed bytes.
    private static void CheckSum(ReadOnlySpan<byte> header)
    {
        const int Place = 148;
        const int Length = 8;
        long plain = Length * ' ';
        var signed = plain;
        for (var i = 0; i < Block; i++)
        {
            if (i is >= Place and < Place + Length)
                continue;
            plain += header[i];
            signed += (sbyte)header[i];
        }

        var stated = Number(header.Slice(Place, Length));
        if (stated != plain && stated != signed)
            throw new InvalidDataException("it is no tar archive, or damaged");
    }

    // Octal text, or for large ones binary behind a mark.
    private static long Number(ReadOnlySpan<byte> field)
    {
        if ((field[0] & 0x80) != 0)
        {
            var number = BinaryPrimitives.ReadInt64BigEndian(field[^8..]);
            return number >= 0 ? number : throw new InvalidDataException("a number is negative");
        }

        var text = Encoding.ASCII.GetString(field).Trim('\0', ' ');
        long value = 0;
        foreach (var digit in text)
            value = digit is >= '0' and <= '7' ? (value * 8) + (digit - '0') : throw new InvalidDataException("a number is not octal");
        return value;
    }

    private static string NameOf(ReadOnlySpan<byte> header)
    {
        var name = TextOf(header[..100]);
        // GNU has other things in the place of the first part.
        var isPosix = header.Slice(257, 6).SequenceEqual("ustar\0"u8);
        return isPosix && TextOf(header.Slice(345, 155)) is { Length: > 0 } prefix ? $"{prefix}/{name}" : name;
    }

    // Records of an extended header: length, blank, name=value, line feed. Values of other names may be any bytes.
    private static (string? Path, long? Size) Fields(ReadOnlySpan<byte> content)
    {
        (string? Path, long? Size) fields = default;
        while (!content.IsEmpty)
        {
            var blank = content.IndexOf((byte)' ');
            if (blank <= 0 || !int.TryParse(content[..blank], NumberStyles.None, CultureInfo.InvariantCulture, out var length)
                || length <= blank + 1 || length > content.Length || content[length - 1] != '\n')
                throw new InvalidDataException("an extended header is damaged");
            var record = content[(blank + 1)..(length - 1)];
            if (record.StartsWith("path="u8))
                fields.Path = Decode(record["path=".Length..]);
            else if (record.StartsWith("size="u8))
                fields.Size = long.TryParse(record["size=".Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var size) ? size : throw new InvalidDataException("the size of a file is no number");
            content = content[length..];
        }

        return fields;
    }

    private static string TextOf(ReadOnlySpan<byte> field) => Decode(field.IndexOf((byte)0) is >= 0 and var end ? field[..end] : field);

    private static string Decode(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return Text.GetString(bytes);
        }
        catch (DecoderFallbackException e)
        {
            throw new InvalidDataException("a name is not in UTF-8", e);
        }
    }
}
