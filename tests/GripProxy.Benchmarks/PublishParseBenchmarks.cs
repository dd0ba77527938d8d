using System.Text;
using BenchmarkDotNet.Attributes;
using GripProxy.Control;
using GripProxy.Control.Publish;

namespace GripProxy.Benchmarks;

/// <summary>The body of a publish, read into items (PUB-05).</summary>
public class PublishParseBenchmarks
{
    private readonly PublishRequestReader _reader = new(new ControlOptions());
    private byte[] _body = [];

    /// <summary>Items of one publish.</summary>
    [Params(1, 100)]
    public int Items { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var content = new string('x', 100);
        var items = Enumerable.Range(0, Items).Select(i => $$$$"""{"channel":"c{{{{i}}}}","id":"{{{{i}}}}","formats":{"http-stream":{"content":"{{{{content}}}}"}}}""");
        _body = Encoding.UTF8.GetBytes($$"""{"items":[{{string.Join(',', items)}}]}""");
    }

    [Benchmark]
    public object Parse() => _reader.Parse(_body);
}
