using static GripProxy.Protocol.Tests.Instructs.InstructFixture;

namespace GripProxy.Protocol.Tests.Instructs;

public sealed class TemplateTests
{
    [Fact]
    public void Read_HeaderForm_DropsGripAndConnectionHeaders()
    {
        var response = Good(Read(
            201,
            "Made",
            "body",
            "Grip-Hold: response",
            "X-A: 1",
            "Grip-Foo: x",
            "Connection: close",
            "Keep-Alive: 5",
            "Content-Encoding: gzip",
            "Transfer-Encoding: chunked",
            "Content-Length: 4",
            "Set-Cookie: a",
            "Set-Cookie: b")).Response;

        Assert.Equal(["X-A: 1", "Set-Cookie: a", "Set-Cookie: b"], Lines(response.Headers));
        Assert.Equal((201, "Made", "body"), (response.Code, response.Reason, Text(response.Body)));
    }

    [Fact]
    public void Read_NoHold_KeepsContentEncoding() =>
        Assert.Equal(["Content-Encoding: gzip"], Lines(Good(Read("Content-Encoding: gzip", "Grip-Status: 201")).Response.Headers));

    [Theory]
    [InlineData("Grip-Channel: a; filter=build-id")]
    [InlineData("Grip-Link: </n>; rel=next")]
    public void Read_BodyNotPassedUnchanged_DropsContentEncoding(string line) =>
        Assert.Empty(Lines(Good(Read("Content-Encoding: gzip", line)).Response.Headers));

    [Theory]
    [InlineData("207 Very Multi", 207, "Very Multi")]
    [InlineData("404", 404, "Not Found")]
    [InlineData("599", 599, "Undefined Reason")]
    [InlineData("0", 0, "Undefined Reason")]
    public void Read_Status_ReplacesCodeAndReason(string value, int code, string reason)
    {
        var response = Good(Read(200, "Fine", "", "Grip-Status: " + value)).Response;

        Assert.Equal((code, reason), (response.Code, response.Reason));
    }

    [Fact]
    public void Read_OriginWithoutReason_GetsStandardPhrase() => Assert.Equal("Accepted", Good(Read(202, "", "", "Grip-Foo: x")).Response.Reason);

    [Fact]
    public void Read_ExposeHeaders_KeepsOnlyThose() => Assert.Equal(
        ["X-A: 1", "x-c: 3"],
        Lines(Good(Read("X-A: 1", "X-B: 2", "x-c: 3", "Content-Type: t", "Grip-Expose-Headers: x-a, Other", "grip-expose-headers: X-C"))
            .Response.Headers));

    [Fact]
    public void Read_JsonForm_StartsWithEmptyTemplate()
    {
        var response = Good(ReadJson("{}", "X-A: 1")).Response;

        Assert.Empty(response.Headers);
        Assert.Equal((200, "OK", 0), (response.Code, response.Reason, response.Body.Length));
    }
}
