using System.Text;
using GripProxy.Protocol.Instructs;
using static GripProxy.Protocol.Tests.Instructs.InstructFixture;

namespace GripProxy.Protocol.Tests.Instructs;

public sealed class JsonFormTests
{
    [Theory]
    [InlineData("{nope", "failed to parse application/grip-instruct content as JSON")]
    [InlineData("", "failed to parse application/grip-instruct content as JSON")]
    [InlineData("[]", "instruct must be an object")]
    [InlineData("""{"hold": 1}""", "instruct contains 'hold' with wrong type")]
    [InlineData("""{"hold": null}""", "instruct contains 'hold' with wrong type")]
    [InlineData("""{"hold": {"mode": "x", "channels": []}}""", "hold 'mode' must be set to either 'response' or 'stream'")]
    [InlineData("""{"hold": {"mode": 5, "channels": []}}""", "hold contains 'mode' with wrong type")]
    [InlineData("""{"hold": {"mode": "response"}}""", "hold does not contain 'channels'")]
    [InlineData("""{"hold": {"channels": {}}}""", "hold contains 'channels' with wrong type")]
    [InlineData("""{"hold": {"channels": [1]}}""", "channel is not an object")]
    [InlineData("""{"hold": {"channels": [{}]}}""", "channel does not contain 'name'")]
    [InlineData("""{"hold": {"channels": [{"name": 1}]}}""", "channel contains 'name' with wrong type")]
    [InlineData("""{"hold": {"channels": [{"name": "a\r\nb"}]}}""", "channel contains 'name' with invalid value")]
    [InlineData("""{"hold": {"channels": [{"name": "\ud800"}]}}""", "channel contains 'name' with invalid value")]
    [InlineData("""{"hold": {"channels": [{"name": "a", "prev-id": 1}]}}""", "channel contains 'prev-id' with wrong type")]
    [InlineData("""{"hold": {"channels": [{"name": "a", "prev-id": "\n"}]}}""", "channel contains 'prev-id' with invalid value")]
    [InlineData("""{"hold": {"channels": [{"name": "a", "filters": "f"}]}}""", "channel contains 'filters' with wrong type")]
    [InlineData("""{"hold": {"channels": [{"name": "a", "filters": [1]}]}}""", "filters contains value with wrong type")]
    [InlineData("""{"hold": {"channels": [{"name": "a", "filters": ["\ud800"]}]}}""", "filters contains value with invalid value")]
    [InlineData("""{"hold": {"channels": [{"name": "a", "filters": ["1","2","3","4","5","6"]}]}}""", "too many filters for channel 'a'")]
    [InlineData("""{"hold": {"channels": [], "timeout": []}}""", "hold contains 'timeout' with wrong type")]
    [InlineData("""{"hold": {"channels": [], "timeout": "soon"}}""", "hold contains 'timeout' with wrong type")]
    [InlineData("""{"hold": {"channels": [], "timeout": -1}}""", "hold contains 'timeout' with invalid value")]
    [InlineData("""{"hold": {"channels": [], "timeout": 1e30}}""", "hold contains 'timeout' with invalid value")]
    [InlineData("""{"hold": {"channels": [], "keep-alive": 1}}""", "hold contains 'keep-alive' with wrong type")]
    [InlineData("""{"hold": {"channels": [], "keep-alive": {"content": 1}}}""", "keep-alive contains 'content' with wrong type")]
    [InlineData("""{"hold": {"channels": [], "keep-alive": {"content-bin": 1}}}""", "keep-alive contains 'content-bin' with wrong type")]
    [InlineData("""{"hold": {"channels": [], "keep-alive": {"timeout": "x"}}}""", "keep-alive contains 'timeout' with wrong type")]
    [InlineData("""{"hold": {"channels": [], "keep-alive": {"timeout": -1}}}""", "keep-alive contains 'timeout' with invalid value")]
    [InlineData("""{"hold": {"channels": [], "keep-alive": {"content": "x", "mode": "y"}}}""", "keep-alive contains 'mode' with unknown value")]
    [InlineData("""{"hold": {"channels": [], "meta": []}}""", "hold contains 'meta' with wrong type")]
    [InlineData("""{"hold": {"channels": [], "meta": {"k": 1}}}""", "'meta' contains 'k' with wrong type")]
    [InlineData("""{"response": 1}""", "")]
    [InlineData("""{"response": {"code": []}}""", "response contains 'code' with wrong type")]
    [InlineData("""{"response": {"code": "abc"}}""", "response contains 'code' with wrong type")]
    [InlineData("""{"response": {"code": 1000}}""", "response contains 'code' with invalid value")]
    [InlineData("""{"response": {"code": -1}}""", "response contains 'code' with invalid value")]
    [InlineData("""{"response": {"reason": 1}}""", "response contains 'reason' with wrong type")]
    [InlineData("""{"response": {"reason": "a\r\nX: y"}}""", "response contains 'reason' with invalid value")]
    [InlineData("""{"response": {"headers": 1}}""", "response contains 'headers' with wrong type")]
    [InlineData("""{"response": {"headers": ["a"]}}""", "headers contains element with wrong type")]
    [InlineData("""{"response": {"headers": [["a"]]}}""", "headers contains list with wrong number of elements")]
    [InlineData("""{"response": {"headers": [[1, "b"]]}}""", "header contains name element with wrong type")]
    [InlineData("""{"response": {"headers": [["a", 1]]}}""", "header contains value element with wrong type")]
    [InlineData("""{"response": {"headers": {"k": 1}}}""", "headers contains 'k' with wrong type")]
    [InlineData("""{"response": {"headers": {"k": "a\nb"}}}""", "response contains 'headers' with invalid value")]
    [InlineData("""{"response": {"headers": [["k\r\nX", "a"]]}}""", "response contains 'headers' with invalid value")]
    [InlineData("""{"response": {"headers": [["k", "a\u0000"]]}}""", "response contains 'headers' with invalid value")]
    [InlineData("""{"response": {"body": 1}}""", "response contains 'body' with wrong type")]
    [InlineData("""{"response": {"body-bin": 1}}""", "response contains 'body-bin' with wrong type")]
    public void Read_InvalidDocument_NamesTheProblem(string json, string error) => Assert.Equal(error, Bad(ReadJson(json)));

    [Fact]
    public void Read_OriginStatusNot200_IsRefused() => Assert.Equal(
        "response code for application/grip-instruct content must be 200",
        Bad(Read(404, "", "{}", "Content-Type: application/grip-instruct; charset=utf-8")));

    [Fact]
    public void Read_FullDocument_FillsEverything()
    {
        var instruct = Good(ReadJson("""
            {
              "hold": {
                "mode": "stream",
                "channels": [ {"name": "news", "prev-id": "41", "filters": ["skip-self"]}, {"name": ""} ],
                "timeout": "30",
                "keep-alive": {"content": "\n", "timeout": 0, "mode": "interval"},
                "meta": {"user": "\u00e4lice"}
              },
              "response": {"code": "201", "headers": {"X-B": "2", "X-A": "ü", "Grip-Hold": "x", "Content-Length": "9"}, "body": "n\u00f6t\n"}
            }
            """));

        Assert.Equal(HoldMode.Stream, instruct.Hold);
        Assert.Equal(["news", ""], instruct.Channels.Select(c => c.Name));
        Assert.Equal("41", instruct.Channels[0].PrevId);
        Assert.Equal(["skip-self"], instruct.Channels[0].Filters);
        Assert.Equal(TimeSpan.FromSeconds(30), instruct.Timeout);
        Assert.Equal(("\n", TimeSpan.FromSeconds(1), KeepAliveMode.Interval), Plain(instruct.KeepAlive));
        Assert.Equal("älice", instruct.Meta["user"]);
        Assert.Equal((201, "Created", "nöt\n"), (instruct.Response.Code, instruct.Response.Reason, Text(instruct.Response.Body)));
        Assert.Equal(["X-A: Ã¼", "X-B: 2"], Lines(instruct.Response.Headers));
    }

    [Fact]
    public void Read_HoldWithoutMode_IsResponseHold() => Assert.Equal(HoldMode.Response, Good(ReadJson("""{"hold":{"channels":[]}}""")).Hold);

    [Fact]
    public void Read_NoHold_AnswersAtOnce()
    {
        var instruct = Good(ReadJson("""{"response": {"code": 418, "reason": "Tea", "headers": [["B", "1"], ["A", "2"]], "body-bin": "aGk="}}"""));

        Assert.Equal(HoldMode.None, instruct.Hold);
        Assert.Equal((418, "Tea", "hi"), (instruct.Response.Code, instruct.Response.Reason, Text(instruct.Response.Body)));
        Assert.Equal(["B: 1", "A: 2"], Lines(instruct.Response.Headers));
    }

    [Fact]
    public void Read_HeadersAndDocument_DocumentAddsToHeaders()
    {
        var instruct = Good(ReadJson(
            """{"hold": {"channels": [{"name": "b"}], "meta": {"y": "2"}}, "response": {"headers": {"X-A": "1", "X-B": "2"}}}""",
            "Grip-Channel: a",
            "Grip-Set-Meta: x=1, y=1",
            "Grip-Timeout: 9",
            "Grip-Status: 202 Later",
            "Grip-Expose-Headers: X-B",
            "Grip-Link: </n>; rel=next"));

        Assert.Equal(["a", "b"], instruct.Channels.Select(c => c.Name));
        Assert.Equal(("1", "2"), (instruct.Meta["x"], instruct.Meta["y"]));
        Assert.Equal(TimeSpan.FromSeconds(9), instruct.Timeout);
        Assert.Equal((202, "Later"), (instruct.Response.Code, instruct.Response.Reason));
        Assert.Equal(["X-B: 2"], Lines(instruct.Response.Headers));
        Assert.Equal("/n", instruct.Next?.Uri);
    }

    [Fact]
    public void Read_KeepAliveContentBin_WinsOverContentAndIsIdle() => Assert.Equal(
        ("hi", TimeSpan.FromSeconds(55), KeepAliveMode.Idle),
        Plain(Good(ReadJson("""{"hold":{"channels":[],"keep-alive":{"content":"x","content-bin":"aGk="}}}""")).KeepAlive));

    [Theory]
    [InlineData("true", 1)]
    [InlineData("2.5", 3)]
    [InlineData("\" 7 \"", 7)]
    public void Read_NumberInOtherClothes_IsConverted(string number, int code) =>
        Assert.Equal(code, Good(ReadJson($$$"""{"response":{"code":{{{number}}}}}""")).Response.Code);

    [Fact]
    public void Read_BodyWithHalfSurrogate_IsReplaced() =>
        Assert.Equal("a\uFFFDb", Text(Good(ReadJson("""{"response":{"body":"a\ud800b"}}""")).Response.Body));

    [Theory]
    [InlineData(64, 65, false)]
    [InlineData(64, 64, true)]
    [InlineData(0, 5000, true)]
    public void Read_Nesting_IsLimited(int limit, int depth, bool accepted)
    {
        var json = Encoding.UTF8.GetBytes("{\"x\":" + new string('[', depth - 1) + new string(']', depth - 1) + "}");
        var limits = new InstructLimits { MaxJsonDepth = limit };

        Assert.Equal(accepted, InstructReader.Read(200, "OK", Headers("Content-Type: " + InstructType), json, limits).Error is null);
    }

    private static (string? Data, TimeSpan? Timeout, KeepAliveMode? Mode) Plain(KeepAlive? keepAlive) =>
        keepAlive is null ? default : (Text(keepAlive.Data), keepAlive.Timeout, keepAlive.Mode);
}
