using System.Text.Json.Nodes;
using GripProxy.Proxy.Commands.Admin;

namespace GripProxy.Proxy.Tests.Commands.Admin;

public sealed class AdminTableTests
{
    private static readonly AdminTable Table = new(
        ("NAME", static item => AdminTable.Text(item, "name")), ("LIST", static item => AdminTable.Text(item, "list")));

    [Fact]
    public void Lines_OfEntries_AreInColumnsAsWideAsNeeded() => Assert.Equal(
        ["NAME    LIST", "longer  a,b", "x       k=v"],
        Table.Lines([JsonNode.Parse("""{"name":"longer","list":["a","b"]}"""), JsonNode.Parse("""{"name":"x","list":{"k":"v"}}""")]));

    [Fact]
    public void Lines_OfNothing_AreTheHead() => Assert.Equal(["NAME  LIST"], Table.Lines([]));

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"name":null}""")]
    [InlineData("""{"name":""}""")]
    [InlineData("""{"name":[]}""")]
    [InlineData("""{"name":{}}""")]
    public void Text_OfNothing_IsADash(string json) => Assert.Equal("-", AdminTable.Text(JsonNode.Parse(json)!, "name"));
}
