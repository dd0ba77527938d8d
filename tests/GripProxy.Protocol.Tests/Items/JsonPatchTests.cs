using System.Text;
using GripProxy.Protocol.Items;
using GripProxy.Protocol.Json;
using static GripProxy.Protocol.Tests.Items.ItemFixture;

namespace GripProxy.Protocol.Tests.Items;

public sealed class JsonPatchTests
{
    [Theory]
    [InlineData("""{"b":1}""", """[{"op":"add","path":"/a","value":[1]}]""", """{"a":[1],"b":1}""")]
    [InlineData("""{"a":[1,3]}""", """[{"op":"add","path":"/a/1","value":2},{"op":"add","path":"/a/-","value":4}]""", """{"a":[1,2,3,4]}""")]
    [InlineData("""[1]""", """[{"op":"add","path":"/1","value":2}]""", """[1,2]""")]
    [InlineData("""{"a":1}""", """[{"op":"add","path":"/a","value":2}]""", """{"a":2}""")]
    [InlineData("""{"a":1}""", """[{"op":"add","path":"","value":[]}]""", """[]""")]
    [InlineData("""{"a":1,"b":[1,2]}""", """[{"op":"remove","path":"/a"},{"op":"remove","path":"/b/0"}]""", """{"b":[2]}""")]
    [InlineData("""{"a":1,"b":[1,2]}""", """[{"op":"replace","path":"/a","value":null},{"op":"replace","path":"/b/1","value":3}]""", """{"a":null,"b":[1,3]}""")]
    [InlineData("""{"a":{"x":1},"b":[1]}""", """[{"op":"move","from":"/a/x","path":"/y"},{"op":"move","from":"/b/0","path":"/b/0"}]""", """{"a":{},"b":[1],"y":1}""")]
    [InlineData("""{"a":[1]}""", """[{"op":"copy","from":"/a","path":"/b"},{"op":"add","path":"/b/-","value":2}]""", """{"a":[1],"b":[1,2]}""")]
    [InlineData("""{"a/b":1,"m~n":2,"":3}""", """[{"op":"remove","path":"/a~1b"},{"op":"remove","path":"/m~0n"},{"op":"remove","path":"/"}]""", """{}""")]
    [InlineData("""{"a":1}""", """[{"op":"remove","path":""},{"op":"add","path":"","value":{"b":2}}]""", """{"b":2}""")]
    [InlineData("""{"z":1.50,"a":"ü<\u0001","M":12345678901234567890123}""", """[]""", """{"M":12345678901234567890123,"a":"ü<\u0001","z":1.50}""")]
    public void Apply_Operations_GiveTheResult(string json, string patch, string expected) =>
        Assert.Equal(expected, Text(Patch(patch).Apply(Encoding.UTF8.GetBytes(json))));

    [Theory]
    [InlineData("""{"a":1}""", """[{"op":"remove","path":"/nope"}]""")]
    [InlineData("""{"a":1}""", """[{"op":"replace","path":"/nope","value":1}]""")]
    [InlineData("""{"a":1}""", """[{"op":"add","path":"/a/b","value":1}]""")]
    [InlineData("""{"a":1}""", """[{"op":"move","from":"/b","path":"/a"}]""")]
    [InlineData("""{"a":{}}""", """[{"op":"move","from":"/a","path":"/a/b"}]""")]
    [InlineData("""{"a":1}""", """[{"op":"copy","from":"/b","path":"/a"}]""")]
    [InlineData("""{"a":1}""", """[{"op":"test","path":"/b","value":1}]""")]
    [InlineData("""[1]""", """[{"op":"add","path":"/2","value":1}]""")]
    [InlineData("""[1]""", """[{"op":"add","path":"/00","value":1}]""")]
    [InlineData("""[1]""", """[{"op":"add","path":"/+0","value":1}]""")]
    [InlineData("""[1]""", """[{"op":"remove","path":"/-"}]""")]
    [InlineData("""[1]""", """[{"op":"remove","path":""}]""")]
    [InlineData("""[1]""", """[{"op":"replace","path":"","value":1}]""")]
    [InlineData("5", "[]")]
    [InlineData("", "[]")]
    [InlineData("{} x", "[]")]
    [InlineData("{nope", "[]")]
    [InlineData("{}", """[{"op":"zap","path":""}]""")]
    [InlineData("{}", """[{"op":"remove"}]""")]
    [InlineData("{}", """[{"op":"add","path":"a","value":1}]""")]
    [InlineData("{}", """[{"op":"add","path":"/a"}]""")]
    [InlineData("{}", """[{"op":"move","path":"/a"}]""")]
    [InlineData("{}", """[{"op":5,"path":"/a"}]""")]
    [InlineData("{}", """[{"path":"/a"}]""")]
    [InlineData("{}", """[5]""")]
    public void Apply_DoesNotFit_GivesNull(string json, string patch) => Assert.Null(Patch(patch).Apply(Encoding.UTF8.GetBytes(json)));

    [Theory]
    [InlineData("1", "1.0", true)]
    [InlineData("100", "1e2", true)]
    [InlineData("0", "-0", true)]
    [InlineData("1", "2", false)]
    [InlineData("1.5", "1", false)]
    [InlineData("9007199254740993", "9007199254740992", false)]
    [InlineData("1e999", "1e998", false)]
    [InlineData("1", "\"1\"", false)]
    [InlineData("true", "true", true)]
    [InlineData("true", "false", false)]
    [InlineData("null", "null", true)]
    [InlineData("\"a\\u0062\"", "\"ab\"", true)]
    [InlineData("""{"x":1,"y":[2]}""", """{"y":[2],"x":1}""", true)]
    [InlineData("""{"x":1}""", """{"x":1,"y":2}""", false)]
    [InlineData("""{"x":1}""", """{"y":1}""", false)]
    [InlineData("[1]", "[1,2]", false)]
    [InlineData("[1]", "[2]", false)]
    public void Apply_Test_ComparesValues(string actual, string expected, bool equal)
    {
        var patch = Patch($$"""[{"op":"test","path":"/v","value":{{expected}}}]""");

        Assert.Equal(equal, patch.Apply(Encoding.UTF8.GetBytes($$"""{"v":{{actual}}}""")) is not null);
    }

    [Theory]
    [InlineData("{ }", "{}")]
    [InlineData("{ }\n", "{}\n")]
    [InlineData("{ }\r\n", "{}\r\n")]
    [InlineData("{ } \n\n", "{}\n")]
    public void Apply_FinalNewline_IsKept(string json, string expected) => Assert.Equal(expected, Text(Patch("[]").Apply(Encoding.UTF8.GetBytes(json))));

    [Theory]
    [InlineData("{}")]
    [InlineData("5")]
    [InlineData("null")]
    public void TryRead_NoList_IsFalse(string json)
    {
        using var document = ParsedJson.Parse(Encoding.UTF8.GetBytes(json), 64);

        Assert.False(JsonPatch.TryRead(document.Root, out _));
    }

    [Fact]
    public void Apply_Twice_StartsFromTheSamePatch()
    {
        var patch = Patch("""[{"op":"add","path":"/a","value":[]},{"op":"add","path":"/a/-","value":1}]""");

        Assert.Equal("{\"a\":[1]}", Text(patch.Apply("{}"u8)));
        Assert.Equal("{\"a\":[1]}", Text(patch.Apply("{}"u8)));
    }

    [Fact]
    public void Apply_DocumentNestedTooDeep_GivesNull()
    {
        Assert.NotNull(Patch("[]").Apply(Nested(64)));
        Assert.Null(Patch("[]").Apply(Nested(65)));
    }

    [Fact]
    public void Apply_ResultNestedTooDeep_GivesNull()
    {
        var value = Encoding.ASCII.GetString(Nested(62));

        Assert.NotNull(Patch($$"""[{"op":"add","path":"/0/0","value":{{value}}}]""").Apply("[[]]"u8));
        Assert.Null(Patch($$"""[{"op":"add","path":"/0/0/0","value":{{value}}}]""").Apply("[[[]]]"u8));
        Assert.Null(Patch("""[{"op":"copy","from":"","path":"/0"}]""").Apply(Nested(64)));
    }

    [Fact]
    public void Apply_CopiesThatDouble_GiveNull()
    {
        var operations = string.Join(',', Enumerable.Range(0, 60).Select(i => $$"""{"op":"copy","from":"","path":"/k{{i}}"}"""));

        Assert.Null(Patch($"[{operations}]").Apply("""{"a":"some text"}"""u8));
    }

    private static byte[] Nested(int depth) => Encoding.ASCII.GetBytes(new string('[', depth) + new string(']', depth));
}
