using System.Text;
using GripProxy.Plugins.Geo;
using GripProxy.Plugins.Tests.Fixture;
using GripProxy.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace GripProxy.Plugins.Tests.Geo;

/// <summary>Locations from a file in the MaxMind format (plugins-api.md §3.7).</summary>
public sealed class GeoDatabaseTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly ManualTime _time = new();

    public static TheoryData<int, int> Shapes => new() { { 24, 4 }, { 28, 4 }, { 32, 4 }, { 24, 6 }, { 28, 6 }, { 32, 6 } };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void PLG21_Address_OfANetwork_IsFoundInEachShapeOfTree(int recordBits, int version)
    {
        var writer = new MaxMindWriter(recordBits, version);
        writer.Add("1.2.3.0/24", City("Aachen"));
        writer.Add("1.2.4.4/32", City("Bonn"));
        writer.Add("128.0.0.0/1", City("Celle"));
        if (version == 6)
            writer.Add("2001:4860::/32", City("Dorf"));
        var database = Open(writer);

        Assert.Contains("Aachen", Find(database, "1.2.3.255"), StringComparison.Ordinal);
        Assert.Contains("Bonn", Find(database, "1.2.4.4"), StringComparison.Ordinal);
        Assert.Contains("Celle", Find(database, "200.1.1.1"), StringComparison.Ordinal);
        Assert.Contains("Aachen", Find(database, "::ffff:1.2.3.4"), StringComparison.Ordinal);
        Assert.Equal(version == 6, Find(database, "2001:4860::8888").Contains("Dorf", StringComparison.Ordinal));
        Assert.Equal("", Find(database, "1.2.4.5"));
        Assert.Equal("", Find(database, "2001:4861::1"));
        Assert.Equal("", Find(database, "no address"));
    }

    [Fact]
    public void PLG21_Record_OfAllTypes_IsInCamelCase_ExceptNames()
    {
        var writer = new MaxMindWriter(24, 6);
        writer.Add("1.2.3.0/24", new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["city"] = new Dictionary<string, object>(StringComparer.Ordinal)
            {
                ["geoname_id"] = 2_643_743u,
                ["names"] = new Dictionary<string, object>(StringComparer.Ordinal) { ["en"] = "Köln", ["pt_BR"] = "Colônia" },
            },
            ["location"] = new Dictionary<string, object>(StringComparer.Ordinal)
            {
                ["accuracy_radius"] = (ushort)100, ["latitude"] = 51.5, ["time_zone"] = "Europe/Berlin",
            },
            ["subdivisions"] = new List<object> { new Dictionary<string, object>(StringComparer.Ordinal) { ["iso_code"] = "NW" } },
            ["is_in_european_union"] = true,
            ["negative"] = -7,
            ["large"] = 18_446_744_073_709_551_615UL,
            ["zero"] = 0u,
            ["raw"] = new byte[] { 1, 2 },
            ["long_text"] = new string('x', 300),
            ["text_again"] = "Europe/Berlin",
        });

        Assert.Equal(
            """{"city":{"geonameId":2643743,"names":{"en":"Köln","pt_BR":"Colônia"}},"location":{"accuracyRadius":100,"latitude":51.5,"timeZone":"Europe/Berlin"},"subdivisions":[{"isoCode":"NW"}],"isInEuropeanUnion":true,"negative":-7,"large":18446744073709551615,"zero":0,"raw":"AQI=","longText":"LONG","textAgain":"Europe/Berlin"}"""
                .Replace("LONG", new string('x', 300), StringComparison.Ordinal),
            Find(Open(writer), "1.2.3.4"));
    }

    [Fact]
    public void PLG21_File_ThatChanges_IsReadAgain_AndADamagedOneIsNot()
    {
        var path = _folder.File("city.mmdb");
        var database = new GeoDatabase(path, _time, NullLogger<GeoDatabase>.Instance);
        Assert.Equal("", Find(database, "1.2.3.4"));
        Replace(path, "Aachen");
        Assert.Equal("", Find(database, "1.2.3.4"));
        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.Contains("Aachen", Find(database, "1.2.3.4"), StringComparison.Ordinal);

        Replace(path, "Bielefeld");
        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.Contains("Bielefeld", Find(database, "1.2.3.4"), StringComparison.Ordinal);

        File.WriteAllText(path + ".new", "no database at all");
        File.Move(path + ".new", path, overwrite: true);
        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.Contains("Bielefeld", Find(database, "1.2.3.4"), StringComparison.Ordinal);
    }

    [Fact]
    public void PLG21_DamagedFiles_DoNoHarm()
    {
        var writer = new MaxMindWriter(28, 6);
        writer.Add("1.2.3.0/24", City("Aachen"));
        writer.Add("2001:db8::/32", City("Bonn"));
        var good = writer.ToArray();
        var random = new Random(11);
        for (var round = 0; round < 3000; round++)
        {
            var bytes = (byte[])good.Clone();
            for (var i = random.Next(1, 6); i > 0; i--)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            if (round % 4 == 0)
                bytes = bytes[..random.Next(1, bytes.Length)];
            var path = _folder.File($"{round % 2}.mmdb");
            File.WriteAllBytes(path, bytes);
            try
            {
                using var file = MaxMindFile.Open(path);
                foreach (var address in (string[])["1.2.3.4", "2001:db8::1", "255.255.255.255", "::"])
                {
                    using var json = new System.Text.Json.Utf8JsonWriter(new MemoryStream());
                    file.TryWrite(System.Net.IPAddress.Parse(address), json);
                }
            }
            catch (InvalidDataException)
            {
                // That is how it is told.
            }
        }
    }

    [Fact]
    public void PLG21_Database_ThatIsNotConfigured_KnowsNothing() =>
        Assert.Equal("", Find(new GeoDatabase("", _time, NullLogger<GeoDatabase>.Instance), "1.2.3.4"));

    public void Dispose() => _folder.Dispose();

    private static Dictionary<string, object> City(string name) => new(StringComparer.Ordinal)
    {
        ["city"] = new Dictionary<string, object>(StringComparer.Ordinal) { ["names"] = new Dictionary<string, object>(StringComparer.Ordinal) { ["en"] = name } },
    };

    private GeoDatabase Open(MaxMindWriter writer)
    {
        var path = _folder.File("city.mmdb");
        File.WriteAllBytes(path, writer.ToArray());
        return new GeoDatabase(path, _time, NullLogger<GeoDatabase>.Instance);
    }

    private static void Replace(string path, string city)
    {
        var writer = new MaxMindWriter(24, 4);
        writer.Add("1.2.3.0/24", City(city));
        File.WriteAllBytes(path + ".new", writer.ToArray());
        File.Move(path + ".new", path, overwrite: true);
    }

    private static string Find(GeoDatabase database, string address) => Encoding.UTF8.GetString(database.Find(address).Span);
}
