using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using GripProxy.Plugins.Packages;

namespace GripProxy.Plugins.Tests.Packages;

/// <summary>Archives of all who write some, and of those who mean harm (plugins-api.md §1.1).</summary>
public sealed class TarFilesTests
{
    private static readonly string LongPath = $"{new string('d', 90)}/{new string('e', 90)}/{new string('f', 90)}.js";

    [Theory]
    [InlineData(TarEntryFormat.V7)]
    [InlineData(TarEntryFormat.Ustar)]
    [InlineData(TarEntryFormat.Pax)]
    [InlineData(TarEntryFormat.Gnu)]
    public void PLG01_Tar_OfEachForm_IsRead(TarEntryFormat format)
    {
        var path = format is TarEntryFormat.Pax or TarEntryFormat.Gnu ? LongPath : format == TarEntryFormat.V7 ? "lib/é.js" : $"{new string('d', 90)}/index.js";

        var files = Read(Write(format, ("plugin.json", "{}"), (path, "text"), ("empty.js", "")));

        Assert.Equal([("plugin.json", "{}"), (path, "text"), ("empty.js", "")], files);
    }

    [Fact]
    public void PLG01_Tar_WithFoldersAndWordsAboutAll_IsReadWithoutThem()
    {
        using var bytes = new MemoryStream();
        using (var tar = new TarWriter(bytes, TarEntryFormat.Pax, leaveOpen: true))
        {
            tar.WriteEntry(new PaxGlobalExtendedAttributesTarEntry(new Dictionary<string, string> { ["comment"] = "of a commit" }));
            tar.WriteEntry(new PaxTarEntry(TarEntryType.Directory, "p/"));
            tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "p/a.js", new Dictionary<string, string> { ["SCHILY.xattr.x"] = "path=other" }) { DataStream = new MemoryStream("a"u8.ToArray()) });
        }

        Assert.Equal([("p/a.js", "a")], Read(bytes.ToArray()));
    }

    [Theory]
    [InlineData('L')]
    [InlineData('x')]
    [InlineData('g')]
    public void PLG01_Tar_WhoseHeaderIsHuge_IsRefusedBeforeItIsRead(char type)
    {
        // Nothing follows: who reads on finds that the archive ends.
        var refused = Assert.Throws<PackageException>(() => Read(Header(type, "17777777777", "name")));

        Assert.Equal("a header of the archive has 2147483647 bytes; 65536 are allowed", refused.Message);
    }

    [Theory]
    [InlineData("size=2147483647")]
    [InlineData("size=-1")]
    [InlineData("size=")]
    public void PLG01_Tar_WhoseExtendedSizeIsWrong_IsRefused(string record)
    {
        var text = $"{record.Length + 4} {record}\n";
        byte[] archive = [.. Header('x', Convert.ToString(text.Length, 8), "x"), .. Padded(text), .. Header('0', "1", "a.js"), .. Padded("a")];

        Assert.True(Record.Exception(() => Read(archive)) is PackageException or InvalidDataException);
    }

    [Theory]
    [InlineData("5 a=b\n")]
    [InlineData("9999 a=b\n")]
    [InlineData("-3 a=b\n")]
    [InlineData("path")]
    public void PLG01_Tar_WhoseExtendedHeaderIsDamaged_IsRefused(string records)
    {
        byte[] archive = [.. Header('x', Convert.ToString(records.Length, 8), "x"), .. Padded(records)];

        Assert.Throws<InvalidDataException>(() => Read(archive));
    }

    [Fact]
    public void PLG01_Tar_OfManyLongHeaders_IsRefusedOnceTheyAreTooMuch()
    {
        byte[] one = [.. Header('L', "200000", "name"), .. new byte[65536]];
        using var bytes = new MemoryStream();
        using (var packed = new GZipStream(bytes, CompressionLevel.Optimal, leaveOpen: true))
        {
            for (var i = 0; i < 1200; i++)
                packed.Write(one);
        }

        Assert.True(bytes.Length < PackageLimits.ArchiveBytes);
        Assert.Equal("a package may have 50 MiB", Assert.Throws<PackageException>(() => PackageArchive.Read(bytes.ToArray())).Message);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(512)]
    [InlineData(600)]
    public void PLG01_Tar_ThatIsCutOff_IsRefused(int bytes) =>
        Assert.Throws<EndOfStreamException>(() => Read(Write(TarEntryFormat.Ustar, ("a.js", new string('x', 1000)))[..bytes]));

    [Fact]
    public void PLG01_Tar_WithAnotherSum_IsNone()
    {
        var archive = Write(TarEntryFormat.Ustar, ("a.js", "a"));
        archive[0]++;

        Assert.Throws<InvalidDataException>(() => Read(archive));
    }

    private static List<(string, string)> Read(byte[] archive) =>
        [.. TarFiles.Read(new MemoryStream(archive), PackageLimits.UnpackedBytes).Select(file => (file.Key, Encoding.UTF8.GetString(file.Value)))];

    private static byte[] Write(TarEntryFormat format, params (string Path, string Text)[] files)
    {
        using var bytes = new MemoryStream();
        using (var tar = new TarWriter(bytes, format, leaveOpen: true))
        {
            foreach (var (path, text) in files)
            {
                var content = new MemoryStream(Encoding.UTF8.GetBytes(text));
                tar.WriteEntry(format switch
                {
                    TarEntryFormat.V7 => new V7TarEntry(TarEntryType.V7RegularFile, path) { DataStream = content },
                    TarEntryFormat.Ustar => new UstarTarEntry(TarEntryType.RegularFile, path) { DataStream = content },
                    TarEntryFormat.Gnu => new GnuTarEntry(TarEntryType.RegularFile, path) { DataStream = content },
                    _ => new PaxTarEntry(TarEntryType.RegularFile, path) { DataStream = content },
                });
            }
        }

        return bytes.ToArray();
    }

    private static byte[] Header(char type, string octalSize, string name)
    {
        var header = new byte[512];
        Encoding.ASCII.GetBytes(name).CopyTo(header, 0);
        Encoding.ASCII.GetBytes(octalSize.PadLeft(11, '0')).CopyTo(header, 124);
        header[156] = (byte)type;
        "ustar\000"u8.CopyTo(header.AsSpan(257));
        header.AsSpan(148, 8).Fill((byte)' ');
        Encoding.ASCII.GetBytes(Convert.ToString(header.Sum(one => one), 8).PadLeft(6, '0') + "\0").CopyTo(header, 148);
        return header;
    }

    private static byte[] Padded(string text) => [.. Encoding.ASCII.GetBytes(text), .. new byte[(512 - (text.Length % 512)) % 512]];
}
