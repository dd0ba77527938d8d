using static GripProxy.Protocol.Tests.Items.ItemFixture;

namespace GripProxy.Protocol.Tests.Items;

public sealed class HttpResponseReaderTests
{
    [Theory]
    [InlineData("{}", "'http-response' does not contain 'body', 'body-bin', or 'body-patch'")]
    [InlineData("""{"code":[],"body":""}""", "'http-response' contains 'code' with wrong type")]
    [InlineData("""{"code":"abc","body":""}""", "'http-response' contains 'code' with wrong type")]
    [InlineData("""{"code":1000,"body":""}""", "'http-response' contains 'code' with invalid value")]
    [InlineData("""{"code":-1,"body":""}""", "'http-response' contains 'code' with invalid value")]
    [InlineData("""{"reason":5,"body":""}""", "'http-response' contains 'reason' with wrong type")]
    [InlineData("""{"reason":"a\r\nX: 1","body":""}""", "'http-response' contains 'reason' with invalid value")]
    [InlineData("""{"reason":"\ud800","body":""}""", "'http-response' contains 'reason' with invalid value")]
    [InlineData("""{"headers":"x","body":""}""", "'http-response' contains 'headers' with wrong type")]
    [InlineData("""{"headers":["a"],"body":""}""", "headers contains element with wrong type")]
    [InlineData("""{"headers":[["a"]],"body":""}""", "headers contains list with wrong number of elements")]
    [InlineData("""{"headers":[["a","b","c"]],"body":""}""", "headers contains list with wrong number of elements")]
    [InlineData("""{"headers":[[5,"a"]],"body":""}""", "header contains name element with wrong type")]
    [InlineData("""{"headers":[["a",5]],"body":""}""", "header contains value element with wrong type")]
    [InlineData("""{"headers":{"A":5},"body":""}""", "headers contains 'A' with wrong type")]
    [InlineData("""{"headers":{"A":"x\r\nB: y"},"body":""}""", "'http-response' contains 'headers' with invalid value")]
    [InlineData("""{"headers":{"A":"\u0000"},"body":""}""", "'http-response' contains 'headers' with invalid value")]
    [InlineData("""{"headers":{"A\r\nB":"x"},"body":""}""", "'http-response' contains 'headers' with invalid value")]
    [InlineData("""{"headers":[["","x"]],"body":""}""", "'http-response' contains 'headers' with invalid value")]
    [InlineData("""{"headers":[["A: b","x"]],"body":""}""", "'http-response' contains 'headers' with invalid value")]
    [InlineData("""{"headers":[["A","\udc00"]],"body":""}""", "'http-response' contains 'headers' with invalid value")]
    [InlineData("""{"content-filters":"a","body":""}""", "'http-response' contains 'content-filters' with wrong type")]
    [InlineData("""{"content-filters":[1],"body":""}""", "content-filters contains element with wrong type")]
    [InlineData("""{"body":5}""", "'http-response' contains 'body' with wrong type")]
    [InlineData("""{"body-bin":5}""", "'http-response' contains 'body-bin' with wrong type")]
    [InlineData("""{"body-patch":{}}""", "'http-response' contains 'body-patch' with wrong type")]
    public void Read_InvalidFormat_NamesTheProblem(string members, string error) => Assert.Equal(error, Bad(Wrap("http-response", members)));

    [Fact]
    public void Read_BodyOnly_HasDefaults()
    {
        var format = Response("""{"body":"hi"}""");

        Assert.Equal((200, "", "hi"), (format.Code, format.Reason, Text(format.Body)));
        Assert.Empty(format.Headers);
        Assert.Null(format.ExposeHeaders);
        Assert.Null(format.ContentFilters);
        Assert.Null(format.BodyPatch);
    }

    [Fact]
    public void Read_CodeAsText_IsConverted() => Assert.Equal(201, Response("""{"code":"201","body":""}""").Code);

    [Fact]
    public void Read_HeaderObject_IsSortedByName() =>
        Assert.Equal(["X-C: c", "a: 2", "x-b: 1"], Lines(Response("""{"headers":{"x-b":"1","X-C":"c","a":" 2 "},"body":""}""").Headers));

    [Fact]
    public void Read_HeaderList_KeepsOrderAndRepeats() => Assert.Equal(
        ["Set-Cookie: b", "Set-Cookie: a", "A: Ã¶"],
        Lines(Response("""{"headers":[["Set-Cookie","b"],["Set-Cookie","a"],["A","\u00f6"]],"body":""}""").Headers));

    [Fact]
    public void Read_ReasonNotAscii_IsUtf8OnTheWire() => Assert.Equal("SchÃ¶n", Response("""{"reason":"Schön","body":""}""").Reason);

    [Fact]
    public void Read_ManagedHeaders_AreDropped() => Assert.Equal(["X: 1"], Lines(Response(
        """{"headers":{"Content-Length":"9","Grip-Hold":"stream","Transfer-Encoding":"chunked","Connection":"x","X":"1"},"body":""}""").Headers));

    [Fact]
    public void Read_ExposeHeaders_AreKeptAside()
    {
        var format = Response("""{"headers":[["Grip-Expose-Headers","A, B"],["grip-expose-headers","C"],["A","1"]],"body":""}""");

        Assert.Equal(["A", "B", "C"], format.ExposeHeaders);
        Assert.Equal(["A: 1"], Lines(format.Headers));
    }

    [Theory]
    [InlineData("""{"body-bin":"aGk=","body":5}""", "hi")]
    [InlineData("""{"body":"a","body-patch":[]}""", "a")]
    public void Read_SeveralBodies_FirstOfTheFixedOrderWins(string members, string body)
    {
        var format = Response(members);

        Assert.Equal(body, Text(format.Body));
        Assert.Null(format.BodyPatch);
    }

    [Fact]
    public void Read_BodyPatch_IsRead() => Assert.Equal(
        "{\"a\":1}",
        Text(Response("""{"body-patch":[{"op":"add","path":"/a","value":1}]}""").BodyPatch!.Apply("{}"u8))); // the patch is given

    [Fact]
    public void Read_ContentFilters_AreKeptInOrder() => Assert.Equal(["b", "a"], Response("""{"body":"","content-filters":["b","a"]}""").ContentFilters);

    [Fact]
    public void Read_EmptyContentFilters_AreNotAbsent() => Assert.Empty(Response("""{"body":"","content-filters":[]}""").ContentFilters!); // not null

    [Fact]
    public void Read_Hint_NeedsNoBody() => Assert.Equal(0, Response("""{"action":"hint","body":5}""").Body.Length);
}
