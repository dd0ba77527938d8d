using BenchmarkDotNet.Attributes;
using GripProxy.Protocol.Http;
using GripProxy.Protocol.Instructs;

namespace GripProxy.Benchmarks;

/// <summary>What an origin's answer asks for, in both forms (HTTP-12, HTTP-13).</summary>
public class InstructBenchmarks
{
    private readonly HeaderList _headers = new(
    [
        new("Content-Type", "text/plain"),
        new("Grip-Hold", "stream"),
        new("Grip-Channel", "news; prev-id=7, sport"),
        new("Grip-Keep-Alive", ":\\n\\n; format=cstring; timeout=20"),
    ]);

    private readonly HeaderList _jsonType = new([new("Content-Type", "application/grip-instruct")]);

    private readonly byte[] _json =
        """{"hold":{"mode":"stream","channels":[{"name":"news","prev-id":"7"},{"name":"sport"}]},"response":{"headers":{"Content-Type":"text/plain"},"body":"hello\n"}}"""u8
        .ToArray();

    [Benchmark]
    public InstructResult HeaderForm() => InstructReader.Read(200, "OK", _headers, default, InstructLimits.Default);

    [Benchmark]
    public InstructResult JsonForm() => InstructReader.Read(200, "OK", _jsonType, _json, InstructLimits.Default);
}
