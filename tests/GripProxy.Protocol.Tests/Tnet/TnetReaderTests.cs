using GripProxy.Protocol.Tests.Json;
using GripProxy.Protocol.Tnet;

namespace GripProxy.Protocol.Tests.Tnet;

public sealed class TnetReaderTests
{
    [Theory]
    [InlineData("0:,", TnetType.Bytes)]
    [InlineData("3:a:,,", TnetType.Bytes)]
    [InlineData("2:-7#", TnetType.Integer)]
    [InlineData("3:1.5^", TnetType.Float)]
    [InlineData("5:1e+20^", TnetType.Float)]
    [InlineData("4:true!", TnetType.Boolean)]
    [InlineData("5:false!", TnetType.Boolean)]
    [InlineData("0:~", TnetType.Null)]
    [InlineData("0:}", TnetType.Map)]
    [InlineData("8:1:a,1:1#}", TnetType.Map)]
    [InlineData("0:]", TnetType.List)]
    [InlineData("7:0:~1:1#]", TnetType.List)]
    public void TryRead_GoodTnetstring_HasItsType(string text, TnetType type)
    {
        Assert.True(TnetReader.TryRead(TnetText.Bytes(text), out var value));
        Assert.Equal(type, value.Type);
    }

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("0:")]
    [InlineData(":,")]
    [InlineData("2:a,")]
    [InlineData("1:ab,")]
    [InlineData("1:a?")]
    [InlineData("01:a,")]
    [InlineData("-1:a,")]
    [InlineData("+1:a,")]
    [InlineData(" 1:a,")]
    [InlineData("1:a,1:b,")]
    [InlineData("1:a,\n")]
    [InlineData("99999999999:a,")]
    [InlineData("9999999999:a,")]
    [InlineData("4294967297:a,")]
    [InlineData("1:x#")]
    [InlineData("0:#")]
    [InlineData("20:99999999999999999999#")]
    [InlineData("1:x^")]
    [InlineData("3:yes!")]
    [InlineData("1:a~")]
    [InlineData("4:1:a,}")]
    [InlineData("8:1:1#1:1#}")]
    [InlineData("7:1:a,1:1}")]
    [InlineData("3:1:a]")]
    public void TryRead_Malformed_IsFalse(string text) => Assert.False(TnetReader.TryRead(TnetText.Bytes(text), out _));

    [Theory]
    [InlineData(3, true)]
    [InlineData(4, false)]
    public void TryRead_NestedDeeplyThanAllowed_IsFalse(int depth, bool readable)
    {
        var writer = new TnetWriter();
        for (var i = 0; i < depth; i++)
            writer.BeginList();
        for (var i = 0; i < depth; i++)
            writer.EndList();
        Assert.Equal(readable, TnetReader.TryRead(writer.Written, out _, maxDepth: 3));
    }

    [Fact]
    public void TryGet_SeveralOfOneName_TheLastCounts()
    {
        Assert.True(TnetReader.TryRead(TnetText.Bytes("16:1:a,1:1#1:a,1:2#}"), out var map));
        Assert.True(map.TryGet("a"u8, out var value));
        Assert.Equal(2, value.GetInteger());
    }

    [Fact]
    public void TryRead_SpoiltMessage_NeverThrowsAndWhatIsReadCanBeWalked()
    {
        var good = TnetText.FromJson("""{"channel":"näws","n":-12,"f":1.5,"t":true,"z":null,"l":[1,"a",{"b":[[]]}],"m":{"k":"v"}}""");
        var mutation = new Mutation(seed: 5);
        var understood = 0;
        for (var i = 0; i < 60_000; i++)
        {
            if (!TnetReader.TryRead(mutation.Spoil(good), out var value))
                continue;
            understood++;
            Walk(value);
        }

        Assert.True(understood > 200, $"only {understood} messages could be read");
    }

    private static void Walk(TnetValue value)
    {
        _ = value.GetText();
        Assert.Equal(value.Type == TnetType.Integer, value.GetInteger() is not null);
        Assert.Equal(value.Type == TnetType.Float, value.GetFloat() is not null);
        Assert.Equal(value.Type == TnetType.Boolean, value.GetBoolean() is not null);
        foreach (var (name, member) in value.EnumerateMap())
        {
            Assert.True(value.TryGet(name.Span, out _));
            Walk(member);
        }

        foreach (var element in value.EnumerateList())
            Walk(element);
    }
}
