using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using GripProxy.Plugins.Engine;
using GripProxy.Plugins.Packages;
using GripProxy.Plugins.Tests.Fixture;

namespace GripProxy.Plugins.Tests.Packages;

/// <summary>Packages from folders, archives and text (plugins-api.md §1).</summary>
public sealed class PluginPackageTests : IDisposable
{
    private static readonly (string, string)[] Files = [("plugin.json", """{"name":"p","version":"1.2.3"}"""), ("index.js", "exports.a = 1"), ("lib/x.ts", "export {}")];

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void PLG01_Package_FromFolderZipAndTgz_IsTheSame()
    {
        foreach (var (path, text) in Files)
            _folder.Write($"plugin/{path}", text);
        _folder.Write("plugin/.git/config", "not part of it");

        var folder = PluginPackage.Read(PackageFolder.Read(_folder.File("plugin")));
        var zip = PluginPackage.Read(PackageArchive.Read(Zip(Files)));
        var tgz = PluginPackage.Read(PackageArchive.Read(Tar(Files.Select(file => ($"./p-main/{file.Item1}", file.Item2)))));

        Assert.Equal(("p", "1.2.3", "index.js"), (folder.Name, folder.Version, folder.Main));
        Assert.Equal(folder.Files.Hash, zip.Files.Hash);
        Assert.Equal(folder.Files.Hash, tgz.Files.Hash);
        Assert.Equal("exports.a = 1", folder.Files.Sources["index.js"]);
    }

    [Fact]
    public void PLG01_Package_OfOneSource_NeedsNoDescription()
    {
        var package = PluginPackage.Read(PackageFiles.FromSource("exports.a = 1"), inline: true);

        Assert.Equal(package.Files.Hash[..12], package.Version);
        // SHA-256 of "index.js\0" "13\0" and the text.
        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData("index.js\013\0exports.a = 1"u8)), package.Files.Hash);
    }

    [Theory]
    [InlineData("index.ts", "index.ts")]
    [InlineData("src/index.js", "src/index.js")]
    [InlineData("src/index.ts", "src/index.ts")]
    [InlineData("dist/index.js", "dist/index.js")]
    public void PLG01_MainFile_WithoutBeingNamed_IsFound(string file, string main) =>
        Assert.Equal(main, PluginPackage.Read(PackageFiles.Create([Entry("plugin.json", "{}"), Entry(file, "")])).Main);

    [Theory]
    [InlineData("{}", "there is no main file: tried index.js, index.ts, src/index.js, src/index.ts, dist/index.js")]
    [InlineData("""{"main":"missing.js"}""", "the main file missing.js of plugin.json is missing")]
    [InlineData("{\n \"name\": }", "plugin.json is not valid JSON at line 2, column 10")]
    [InlineData("[]", "plugin.json is no JSON object")]
    public void PLG01_Package_WithoutWhatItNeeds_SaysWhat(string json, string message)
    {
        var refused = Assert.Throws<PackageException>(() => PluginPackage.Read(PackageFiles.Create([Entry("plugin.json", json)])));

        Assert.Equal(message, refused.Message);
    }

    [Theory]
    [InlineData("../escape.js")]
    [InlineData("/etc/passwd")]
    [InlineData("a/../../b")]
    [InlineData("a//b")]
    [InlineData("C:/x")]
    [InlineData("a\\b")]
    public void PLG01_Archive_WithANameThatLeadsOut_IsRefused(string name)
    {
        Assert.Throws<PackageException>(() => PackageArchive.Read(Zip([("plugin.json", "{}"), (name, "x")])));
    }

    [Fact]
    public void PLG01_Archive_WithTwoNamesThatDifferByCase_IsRefused() =>
        Assert.Throws<PackageException>(() => PackageArchive.Read(Zip([("a.js", ""), ("A.js", "")])));

    [Fact]
    public void PLG01_Archive_WithALink_IsRefused()
    {
        using var bytes = new MemoryStream();
        using (var tar = new TarWriter(new GZipStream(bytes, CompressionMode.Compress)))
            tar.WriteEntry(new PaxTarEntry(TarEntryType.SymbolicLink, "index.js") { LinkName = "/etc/passwd" });

        Assert.Throws<PackageException>(() => PackageArchive.Read(bytes.ToArray()));
        _folder.Write("p/plugin.json", "{}");
        File.CreateSymbolicLink(_folder.File("p/index.js"), "/etc/passwd");
        Assert.Throws<PackageException>(() => PackageFolder.Read(_folder.File("p")));
    }

    [Fact]
    public void PLG01_Archive_ThatUnpacksToTooMuch_IsRefused()
    {
        var bomb = Zip([("plugin.json", "{}"), ("big.txt", new string('x', PackageLimits.UnpackedBytes))]);

        Assert.True(bomb.Length < PackageLimits.ArchiveBytes);
        Assert.Throws<PackageException>(() => PackageArchive.Read(bomb));
    }

    [Theory]
    [InlineData("PK not really")]
    [InlineData("text")]
    [InlineData("")]
    public void PLG01_Archive_ThatIsNone_IsRefused(string bytes) =>
        Assert.Throws<PackageException>(() => PackageArchive.Read(Encoding.ASCII.GetBytes(bytes)));

    [Fact]
    public void PLG14_Config_AsListAndAsObject_IsTheSameForm()
    {
        var list = Read("""{"config":[{"key":"b","order":2},{"markdown":"text"},{"key":"a","order":1,"secret":true,"default":"x"}]}""");
        var map = Read("""{"config":{"b":{"order":2},"a":{"order":1,"secret":true,"default":"x"}}}""");

        Assert.Equal(["a", "b"], list.Select(field => field.Key));
        Assert.Equal(["a", "b"], map.Select(field => field.Key));
        Assert.True(list[0].Secret);
        Assert.Equal("""{"extra":"kept","a":"x"}""", ConfigValues.Complete(map, new JsonObject { ["extra"] = "kept" }).ToJsonString());
    }

    [Theory]
    [InlineData("""{"key":"k","required":true}""", "{}", "a value is required")]
    [InlineData("""{"key":"k","required":true}""", """{"k":""}""", "a value is required")]
    [InlineData("""{"key":"k","required":true}""", """{"k":"v"}""", null)]
    [InlineData("""{"key":"k","type":"choice","choices":["a","b"]}""", """{"k":"c"}""", "must be one of a, b")]
    [InlineData("""{"key":"k","type":"choice","choices":["a","b"]}""", "{}", null)]
    [InlineData("""{"key":"k","type":"json"}""", """{"k":"{"}""", "is not valid JSON")]
    [InlineData("""{"key":"k","type":"json"}""", """{"k":{"a":1}}""", null)]
    [InlineData("""{"key":"k","type":"attachment","required":true}""", "{}", "a file is required")]
    [InlineData("""{"key":"k","required_if":[[["mode","on"]]]}""", """{"mode":"on"}""", "a value is required")]
    [InlineData("""{"key":"k","required_if":[[["mode","on"],["other",""]]]}""", """{"mode":"on"}""", null)]
    [InlineData("""{"key":"k","required_if":[[["mode","off"]],[["other",null]]]}""", """{"mode":"on","other":1}""", "a value is required")]
    [InlineData("""{"key":"k","type":"colour"}""", """{"k":"red"}""", null)]
    public void PLG14_Config_IsCheckedByItsForm(string field, string values, string? problem)
    {
        var problems = ConfigValues.Check(
            Read($$"""{"config":[{{field}}]}"""), (JsonObject)JsonNode.Parse(values)!, new Dictionary<string, PluginAttachment>(StringComparer.Ordinal));

        Assert.Equal(problem, problems.GetValueOrDefault("k"));
    }

    private static IReadOnlyList<ConfigField> Read(string json) => ManifestReader.Read(Encoding.UTF8.GetBytes(json)).Config;

    private static KeyValuePair<string, byte[]> Entry(string path, string text) => new(path, Encoding.UTF8.GetBytes(text));

    private static byte[] Zip(IEnumerable<(string Path, string Text)> files)
    {
        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create))
        {
            foreach (var (path, text) in files)
            {
                using var content = zip.CreateEntry(path).Open();
                content.Write(Encoding.UTF8.GetBytes(text));
            }
        }

        return bytes.ToArray();
    }

    private static byte[] Tar(IEnumerable<(string Path, string Text)> files)
    {
        using var bytes = new MemoryStream();
        using (var tar = new TarWriter(new GZipStream(bytes, CompressionMode.Compress)))
        {
            foreach (var (path, text) in files)
                tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, path) { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(text)) });
        }

        return bytes.ToArray();
    }
}
