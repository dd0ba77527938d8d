using System.Globalization;
using System.Text;
using System.Text.Json;
using GripProxy.Protocol.Json;

namespace GripProxy.Protocol.Tests.Json;

public sealed class ParsedJsonTests
{
    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData(" 5 ")]
    [InlineData("\"\"")]
    [InlineData("""{"a":{"b":[1,-2.5e3,{"c":null}],"d":"x\n\u00e4\ud83d\ude00"},"a\u0062":[[],[[]],{}],"":true,"z":false}""")]
    [InlineData(""" [ { "long name with spaces" : "ä€😀" } , [ ] , "\"\\\/\b\f\n\r\t" ] """)]
    public void Root_AnyText_SaysWhatTheFrameworkReads(string json)
    {
        using var expected = JsonDocument.Parse(json);
        using var parsed = Parse(json);

        AssertSame(expected.RootElement, parsed.Root);
    }

    [Fact]
    public void Root_SpoiltTexts_AreReadOrRefusedAsByTheFramework()
    {
        var mutation = new Mutation(seed: 5);
        var text = Encoding.UTF8.GetBytes("""{"items":[{"channel":"a","n":[1,2.5,-3e2],"t":true},{"x":"\u0041b","y":null}],"items":[[],{}]}""");
        var read = 0;
        for (var i = 0; i < 20_000; i++)
        {
            var spoilt = mutation.Spoil(text);
            using var expected = TryParse(spoilt);
            if (expected is null)
            {
                Assert.ThrowsAny<JsonException>(() => ParsedJson.Parse(spoilt, 64));
                continue;
            }

            read++;
            using var parsed = ParsedJson.Parse(spoilt, 64);
            AssertSame(expected.RootElement, parsed.Root);
        }

        Assert.True(read > 500, $"only {read} texts were still JSON");
    }

    [Fact]
    public void TryGetMember_NameTwice_IsTheLast()
    {
        using var parsed = Parse("""{"a":1,"b":{"a":2},"\u0061":"last","aa":3}""");

        Assert.True(parsed.Root.TryGetMember("a", out var value));
        Assert.Equal("last", value.GetString());
        Assert.False(parsed.Root.TryGetMember("c", out _));
    }

    [Fact]
    public void TryGetMember_AmongManyNames_FindsEachAndNoOther()
    {
        string[] names = ["", "a", "b", "ab", "id", "channel", "formats", "prev-id", "no-seq", "http-stream", "ws-message", "x y", new string('n', 300)];
        foreach (var left in names)
        {
            var there = names.Where(name => name != left).ToArray();
            using var parsed = Parse(JsonSerializer.Serialize(there.ToDictionary(name => name, name => name.Length)));

            Assert.False(parsed.Root.TryGetMember(left, out _));
            Assert.All(there, name => Assert.True(parsed.Root.TryGetMember(name, out var value) && value.GetNumberText() == name.Length.ToString(CultureInfo.InvariantCulture)));
        }
    }

    [Theory]
    [InlineData(3, true)]
    [InlineData(2, false)]
    [InlineData(0, true)]
    public void Parse_NestedThrice_ObeysTheDepth(int maxDepth, bool isRead)
    {
        var error = Record.Exception(() => ParsedJson.Parse("[[[]]]"u8.ToArray(), maxDepth).Dispose());

        Assert.Equal(isRead, error is null);
    }

    [Fact]
    public void Parse_ManyTinyValues_GrowsItsMemory()
    {
        using var parsed = Parse("[" + string.Join(',', Enumerable.Repeat("[]", 10_000)) + "]");

        Assert.Equal(10_000, parsed.Root.EnumerateArray().Count());
    }

    private static ParsedJson Parse(string json) => ParsedJson.Parse(Encoding.UTF8.GetBytes(json), 64);

    private static JsonDocument? TryParse(byte[] json)
    {
        try
        {
            return JsonDocument.Parse(json);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static void AssertSame(JsonElement expected, GripValue value)
    {
        Assert.Equal(expected.ValueKind, value.ValueKind);
        switch (expected.ValueKind)
        {
            case JsonValueKind.Object:
                var members = expected.EnumerateObject().Zip(value.EnumerateObject().ToList(), (wanted, read) => (wanted, read)).ToList();
                Assert.Equal(expected.EnumerateObject().Count(), value.EnumerateObject().Count());
                Assert.All(members, pair => AssertSame(pair.wanted.Value, pair.read.Value));
                break;
            case JsonValueKind.Array:
                Assert.Equal(expected.GetArrayLength(), value.EnumerateArray().Count());
                Assert.All(expected.EnumerateArray().Zip(value.EnumerateArray()), pair => AssertSame(pair.First, pair.Second));
                break;
            case JsonValueKind.String when TryGetString(expected) is { } text:
                Assert.Equal(text, value.GetString());
                break;
            case JsonValueKind.Number:
                Assert.Equal(expected.GetRawText(), value.GetNumberText());
                break;
        }
    }

    // Half a surrogate pair, or no UTF-8: the tests of instructs and items have these.
    private static string? TryGetString(JsonElement element)
    {
        try
        {
            return element.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
