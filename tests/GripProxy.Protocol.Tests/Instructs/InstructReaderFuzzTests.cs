using System.Text;
using GripProxy.Protocol.Http;
using GripProxy.Protocol.Instructs;
using GripProxy.Protocol.Tests.Json;

namespace GripProxy.Protocol.Tests.Instructs;

public sealed class InstructReaderFuzzTests
{
    private static readonly (string Name, string Value)[] Headers =
    [
        ("Grip-Hold", "response"),
        ("Grip-Channel", "a, b; prev-id=\"x\\\"\"; filter=f, größe; filter=\"a,b\""),
        ("Grip-Timeout", "20"),
        ("Grip-Keep-Alive", ":\\n\\x41; format=cstring; timeout=20; mode=idle"),
        ("Grip-Keep-Alive", "aGk=; format=base64"),
        ("Grip-Set-Meta", "user=\"al, ice\"; x=1, y=2"),
        ("Grip-Status", "207 Very Multi"),
        ("Grip-Expose-Headers", "A, B"),
        ("Grip-Link", "</a,b;c>; rel=next; timeout=6, <http://h:80/x>; rel=gone"),
    ];

    private static readonly byte[] Document = Encoding.UTF8.GetBytes("""
        {"hold":{"mode":"stream","channels":[{"name":"n\u00e4\ud83d\ude00","prev-id":"41","filters":["a"]}],"timeout":"30",
        "keep-alive":{"content-bin":"aGk\/","timeout":20,"mode":"idle"},"meta":{"u\u0041":"v"}},
        "response":{"code":201,"reason":"x","headers":[["A","b"]],"body":"\t\u0001"}}
        """);

    [Fact]
    public void Read_SpoiltHeaders_NeverThrows()
    {
        var mutation = new Mutation(seed: 1);
        for (var i = 0; i < 20_000; i++)
        {
            var (name, value) = Headers[i % Headers.Length];
            var headers = new HeaderList();
            headers.Add(name, Encoding.Latin1.GetString(mutation.Spoil(Encoding.UTF8.GetBytes(value))));
            AssertOneOutcome(InstructReader.Read(200, "", headers, default, InstructLimits.Default));
        }
    }

    [Fact]
    public void Read_SpoiltDocument_NeverThrows()
    {
        var mutation = new Mutation(seed: 2);
        var headers = new HeaderList();
        headers.Add("Content-Type", InstructFixture.InstructType);
        var understood = 0;
        for (var i = 0; i < 20_000; i++)
        {
            var result = InstructReader.Read(200, "", headers, mutation.Spoil(Document), InstructLimits.Default);
            AssertOneOutcome(result);
            understood += result.Instruct is null ? 0 : 1;
        }

        Assert.True(understood > 500, $"only {understood} documents were still JSON instructs");
    }

    private static void AssertOneOutcome(InstructResult result)
    {
        Assert.True(result.Instruct is null != result.Error is null);
        if (result.Instruct is not { } instruct)
            return;
        Assert.All(instruct.Channels, channel => Assert.DoesNotContain(channel.Name + channel.PrevId, char.IsControl));
        Assert.True(instruct.Timeout >= TimeSpan.FromSeconds(5));
        Assert.True(instruct.KeepAlive is null or { Data.Length: > 0 });
    }
}
