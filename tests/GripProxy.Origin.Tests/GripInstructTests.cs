using GripProxy.Protocol.Http;
using GripProxy.Protocol.Instructs;
using Microsoft.AspNetCore.Http;

namespace GripProxy.Origin.Tests;

public sealed class GripInstructTests
{
    [Fact]
    public void ApplyTo_Resuming_SaysPositionAndHowToGoOn() =>
        Assert.Equal(
            ["Grip-Hold: stream", "Grip-Channel: news; position=k3f9x2qd7m1a-17; filter=skip-self", "Grip-Resume: event-id"],
            Headers(GripInstruct.HoldStream().ChannelAfter("news", "k3f9x2qd7m1a-17", "skip-self").ResumeByEventId()));

    [Fact]
    public void ApplyTo_ResponseHold_WritesExactHeaders()
    {
        var headers = Headers(GripInstruct.HoldResponse("news").Channel("job-17", "3", "skip-self", "var-subst").Timeout(TimeSpan.FromSeconds(20)));

        Assert.Equal(
            ["Grip-Hold: response", "Grip-Channel: news", "Grip-Channel: job-17; prev-id=3; filter=skip-self; filter=var-subst", "Grip-Timeout: 20"],
            headers);
    }

    [Fact]
    public void ApplyTo_StreamHold_WritesExactHeaders()
    {
        var headers = Headers(GripInstruct.HoldStream("news", "alerts").KeepAlive(":\n\n", TimeSpan.FromSeconds(20)));

        Assert.Equal(
            ["Grip-Hold: stream", "Grip-Channel: news", "Grip-Channel: alerts", "Grip-Keep-Alive: :\\n\\n; format=cstring; timeout=20"],
            headers);
    }

    [Fact]
    public void ApplyTo_EveryOtherInstruction_WritesExactHeaders()
    {
        var headers = Headers(GripInstruct.NoHold()
            .Meta("user", "alice").Meta("note", "a \"quoted\" \\ text, here")
            .Status(202, "Soon").ExposeHeaders("Content-Type", "X-A")
            .Next("/more?after=10", TimeSpan.FromSeconds(60)).Gone("/left"));

        Assert.Equal(
            [
                "Grip-Link: </more?after=10>; rel=next; timeout=60",
                "Grip-Link: </left>; rel=gone",
                "Grip-Expose-Headers: Content-Type",
                "Grip-Expose-Headers: X-A",
                "Grip-Set-Meta: user=alice",
                "Grip-Set-Meta: note=\"a \\\"quoted\\\" \\\\ text, here\"",
                "Grip-Status: 202 Soon",
            ],
            headers);
    }

    [Fact]
    public void ApplyTo_SecondInstruct_ReplacesTheFirst()
    {
        var response = new DefaultHttpContext().Response;
        GripInstruct.HoldStream("a", "b").KeepAlive("x", TimeSpan.FromSeconds(5)).ApplyTo(response);

        GripInstruct.HoldResponse("c").ApplyTo(response);

        Assert.Equal(["Grip-Hold: response", "Grip-Channel: c"], Lines(response));
    }

    [Fact]
    public void ApplyTo_AnyInstruct_IsReadBackByTheProxy()
    {
        var response = new DefaultHttpContext().Response;
        GripInstruct.HoldStream("news").Channel("jobs", "a;b,\"c\\", "skip-self")
            .KeepAlive(new byte[] { 0, 255, 7 }, TimeSpan.FromSeconds(9), KeepAliveMode.Interval)
            .Meta("user", "x; y=\"z\"").Next("/a,b;c d/ü", TimeSpan.FromMinutes(2)).Gone("/gone").Status(201).ApplyTo(response);

        var instruct = Read(response, default);

        Assert.Equal(HoldMode.Stream, instruct.Hold);
        Assert.Equal(["news", "jobs"], instruct.Channels.Select(channel => channel.Name));
        Assert.Equal("a;b,\"c\\", instruct.Channels[1].PrevId);
        Assert.Equal(["skip-self"], instruct.Channels[1].Filters);
        Assert.Equal([0, 255, 7], instruct.KeepAlive!.Data.ToArray());
        Assert.Equal(TimeSpan.FromSeconds(9), instruct.KeepAlive.Timeout);
        Assert.Equal(KeepAliveMode.Interval, instruct.KeepAlive.Mode);
        Assert.Equal("x; y=\"z\"", instruct.Meta["user"]);
        Assert.Equal("/a%2Cb%3Bc%20d/%C3%BC", instruct.Next!.Uri);
        Assert.Equal("/gone", instruct.Gone);
        Assert.Equal(201, instruct.Response.Code);
    }

    [Theory]
    [InlineData("tick", "tick; format=raw")]
    [InlineData(":\n\n", ":\\n\\n; format=cstring")]
    [InlineData("a;b", "a\\x3bb; format=cstring")]
    [InlineData(" x ", "\\x20x\\x20; format=cstring")]
    [InlineData("a\\,\"\t\r", "a\\\\\\x2c\\x22\\x09\\r; format=cstring")]
    [InlineData("\0\u0001", "AAE=; format=base64")]
    public void KeepAlive_AnyData_IsWrittenInThePlainestFormat(string data, string expected)
    {
        var headers = Headers(GripInstruct.HoldStream("c").KeepAlive(data, TimeSpan.FromSeconds(30)));

        Assert.Equal($"Grip-Keep-Alive: {expected}; timeout=30", headers[^1]);
    }

    [Theory]
    [InlineData("a\r\nGrip-Hold: stream")]
    [InlineData("a\nb")]
    [InlineData("a\0b")]
    [InlineData("a\u0085b")]
    public void AnyText_WithControlCharacters_IsRefused(string text)
    {
        var instruct = GripInstruct.HoldStream();

        Assert.Throws<ArgumentException>(() => GripInstruct.HoldResponse(text));
        Assert.Throws<ArgumentException>(() => instruct.Channel(text));
        Assert.Throws<ArgumentException>(() => instruct.Channel("c", text));
        Assert.Throws<ArgumentException>(() => instruct.Channel("c", null, text));
        Assert.Throws<ArgumentException>(() => instruct.Meta(text, "v"));
        Assert.Throws<ArgumentException>(() => instruct.Meta("n", text));
        Assert.Throws<ArgumentException>(() => instruct.Status(200, text));
        Assert.Throws<ArgumentException>(() => instruct.ExposeHeaders(text));
        Assert.Throws<ArgumentException>(() => instruct.Next(text));
        Assert.Throws<ArgumentException>(() => instruct.Gone(text));
        Assert.Empty(instruct.Channels);
    }

    [Fact]
    public void Meta_NameThatIsNoToken_IsRefused() => Assert.Throws<ArgumentException>(() => GripInstruct.NoHold().Meta("a b", "v"));

    [Fact]
    public void Channel_WithSixFilters_IsRefused() =>
        Assert.Throws<ArgumentException>(() => GripInstruct.HoldStream().Channel("c", null, "1", "2", "3", "4", "5", "6"));

    [Fact]
    public void Timeout_PartOfASecond_IsRoundedUp() =>
        Assert.Equal("Grip-Timeout: 21", Headers(GripInstruct.HoldResponse("c").Timeout(TimeSpan.FromSeconds(20.1)))[^1]);

    [Theory]
    [InlineData("a,b")]
    [InlineData("a;b")]
    [InlineData("a\"b")]
    [InlineData(" a")]
    [InlineData("a ")]
    [InlineData("<a")]
    public void ApplyTo_ChannelThatHeadersCannotCarry_IsRefusedAndLeavesTheResponse(string channel)
    {
        var response = new DefaultHttpContext().Response;

        Assert.Throws<InvalidOperationException>(() => GripInstruct.HoldStream("ok", channel).ApplyTo(response));

        Assert.Empty(response.Headers);
    }

    [Fact]
    public async Task WriteJsonAsync_AnyChannel_IsReadBackByTheProxyWithTheTemplate()
    {
        var response = new DefaultHttpContext { Response = { Body = new MemoryStream(), StatusCode = 404, ContentType = "text/plain" } }.Response;
        var instruct = GripInstruct.HoldResponse().Channel("a,b;\"ü\"", "7", "skip-self").Timeout(TimeSpan.FromSeconds(30))
            .KeepAlive(new byte[] { 255 }, TimeSpan.FromSeconds(9)).Meta("user", "alice").Gone("/gone");

        await instruct.WriteJsonAsync(response, "later\n"u8.ToArray());

        var read = Read(response, ((MemoryStream)response.Body).ToArray());
        Assert.Equal(HoldMode.Response, read.Hold);
        Assert.Equal("a,b;\"ü\"", read.Channels[0].Name);
        Assert.Equal("7", read.Channels[0].PrevId);
        Assert.Equal(["skip-self"], read.Channels[0].Filters);
        Assert.Equal(TimeSpan.FromSeconds(30), read.Timeout);
        Assert.Equal([255], read.KeepAlive!.Data.ToArray());
        Assert.Equal("alice", read.Meta["user"]);
        Assert.Equal("/gone", read.Gone);
        Assert.Equal(404, read.Response.Code);
        Assert.Equal("text/plain", read.Response.Headers.First("Content-Type"));
        Assert.Equal("later\n"u8.ToArray(), read.Response.Body.ToArray());
    }

    private static List<string> Headers(GripInstruct instruct)
    {
        var response = new DefaultHttpContext().Response;
        instruct.ApplyTo(response);
        return Lines(response);
    }

    private static List<string> Lines(HttpResponse response) =>
        [.. response.Headers.SelectMany(header => header.Value.Select(value => $"{header.Key}: {value}"))];

    private static Instruct Read(HttpResponse response, ReadOnlyMemory<byte> body)
    {
        var headers = new HeaderList(response.Headers
            .SelectMany(header => header.Value.Select(value => new HeaderField(header.Key, HeaderText.FromUnicode(value!)))));
        var (instruct, error) = InstructReader.Read(response.StatusCode, "", headers, body, InstructLimits.Default);
        Assert.Null(error);
        return instruct!;
    }
}
