using GripProxy.Protocol.Http;
using GripProxy.Protocol.Items;
using static GripProxy.Protocol.Tests.Items.ItemFixture;

namespace GripProxy.Protocol.Tests.Items;

public sealed class ResponseMergeTests
{
    private static readonly HttpReply Template = new(
        202,
        "Held",
        new HeaderList([new HeaderField("X-A", "1"), new HeaderField("X-B", "orig"), new HeaderField("Content-Type", "text/plain")]),
        "{\"a\":1}\n"u8.ToArray());

    [Fact]
    public void Apply_SpecExample_ReplacesByNameAndAppends()
    {
        var reply = ResponseMerge.Apply(Template, Response("""{"code":201,"headers":{"x-b":"new","X-C":"c"},"body":"data\n"}"""));

        Assert.Equal((201, "Created", "data\n"), (reply.Code, reply.Reason, Text(reply.Body)));
        Assert.Equal(["X-A: 1", "Content-Type: text/plain", "X-C: c", "x-b: new"], Lines(reply.Headers));
    }

    [Fact]
    public void Apply_BodyOnly_InheritsHeadersButNotStatus()
    {
        var reply = ResponseMerge.Apply(Template, Response("""{"body":""}"""));

        Assert.Equal((200, "OK", 0), (reply.Code, reply.Reason, reply.Body.Length));
        Assert.Same(Template.Headers, reply.Headers);
    }

    [Fact]
    public void Apply_Reason_IsKept() => Assert.Equal("Tea", ResponseMerge.Apply(Template, Response("""{"reason":"Tea","body":""}""")).Reason);

    [Fact]
    public void Apply_ExposeHeaders_KeepsOnlyThose()
    {
        var published = Response("""{"headers":[["Grip-Expose-Headers","x-a, X-C"],["X-C","c"],["X-D","d"]],"body":""}""");

        Assert.Equal(["X-A: 1", "X-C: c"], Lines(ResponseMerge.Apply(Template, published).Headers));
    }

    [Fact]
    public void Apply_Patch_ChangesTheHeldBody() => Assert.Equal(
        "{\"a\":2}\n",
        Text(ResponseMerge.Apply(Template, Response("""{"body-patch":[{"op":"replace","path":"/a","value":2}]}""")).Body));

    [Fact]
    public void Apply_PatchDoesNotFit_GivesEmptyBody() =>
        Assert.Equal(0, ResponseMerge.Apply(Template, Response("""{"body-patch":[{"op":"remove","path":"/b"}]}""")).Body.Length);
}
