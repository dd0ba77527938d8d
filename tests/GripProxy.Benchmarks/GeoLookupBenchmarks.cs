using System.Net;
using BenchmarkDotNet.Attributes;
using GripProxy.Plugins.Geo;
using GripProxy.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace GripProxy.Benchmarks;

/// <summary>Where an address is: the walk through the tree and the record as JSON (plugins-api.md §3.7 asks for 100 000 a second).</summary>
public class GeoLookupBenchmarks
{
    private readonly string[] _addresses = [.. Enumerable.Range(0, 1024).Select(number => new IPAddress([(byte)(1 + (number % 200)), (byte)number, 3, 4]).ToString())];
    private string _path = "";
    private GeoDatabase? _database;
    private int _next;

    [GlobalSetup]
    public void Setup()
    {
        var writer = new MaxMindWriter(recordBits: 28, version: 6);
        foreach (var address in _addresses.Distinct(StringComparer.Ordinal))
            writer.Add($"{address}/32", City(address));
        _path = Path.GetTempFileName();
        File.WriteAllBytes(_path, writer.ToArray());
        _database = new GeoDatabase(_path, TimeProvider.System, NullLogger<GeoDatabase>.Instance);
    }

    [GlobalCleanup]
    public void Cleanup() => File.Delete(_path);

    [Benchmark]
    public int Find() => _database!.Find(_addresses[_next++ & 1023]).Length;

    private static Dictionary<string, object> City(string name) => new(StringComparer.Ordinal)
    {
        ["city"] = new Dictionary<string, object>(StringComparer.Ordinal) { ["geoname_id"] = 2_886_242u, ["names"] = Names(name) },
        ["continent"] = new Dictionary<string, object>(StringComparer.Ordinal) { ["code"] = "EU", ["geoname_id"] = 6_255_148u, ["names"] = Names("Europe") },
        ["country"] = new Dictionary<string, object>(StringComparer.Ordinal) { ["iso_code"] = "DE", ["is_in_european_union"] = true, ["names"] = Names("Germany") },
        ["location"] = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["accuracy_radius"] = (ushort)100, ["latitude"] = 50.9, ["longitude"] = 6.9, ["time_zone"] = "Europe/Berlin",
        },
        ["postal"] = new Dictionary<string, object>(StringComparer.Ordinal) { ["code"] = "50667" },
        ["subdivisions"] = new List<object> { new Dictionary<string, object>(StringComparer.Ordinal) { ["iso_code"] = "NW", ["names"] = Names("North Rhine-Westphalia") } },
    };

    private static Dictionary<string, object> Names(string name) =>
        ((string[])["de", "en", "es", "fr", "ja", "pt-BR", "ru", "zh-CN"]).ToDictionary(language => language, object (_) => name, StringComparer.Ordinal);
}
