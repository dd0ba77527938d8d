using BenchmarkDotNet.Attributes;
using GripProxy.Protocol.Configuration;
using GripProxy.Protocol.Routes;

namespace GripProxy.Benchmarks;

/// <summary>Which route a request takes (RTE-04…06).</summary>
public class RouteMatchBenchmarks
{
    private RouteTable _table = RouteTable.Empty;

    /// <summary>Routes of the table, each for a host of its own and one for all others.</summary>
    [Params(1, 1000)]
    public int Routes { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var lines = Enumerable.Range(0, Routes).Select(i => $"host{i}.example.com,path_beg=/a 127.0.0.1:80").Append("* 127.0.0.1:80");
        _table = new RouteTable(RouteFileReader.ReadLines(lines, "/", new List<ConfigProblem>()));
    }

    [Benchmark]
    public RouteConfig? OwnHost() => _table.Find("host0.example.com", "/a/b", RouteProtocol.Http, ssl: false);

    [Benchmark]
    public RouteConfig? AnyHost() => _table.Find("127.0.0.1", "/a/b", RouteProtocol.Http, ssl: false);
}
