using System.Text;
using GripProxy.Control.Publish;
using Microsoft.AspNetCore.Http;

namespace GripProxy.Control.Tests.Publish;

public sealed class PublishRequestReaderTests
{
    [Theory]
    [InlineData("", "Body is not valid JSON.\n")]
    [InlineData("{", "Body is not valid JSON.\n")]
    [InlineData("{\"items\":[]} x", "Body is not valid JSON.\n")]
    [InlineData("{\"items\":[],}", "Body is not valid JSON.\n")]
    [InlineData("[]", "Invalid format.\n")]
    [InlineData("\"items\"", "Invalid format.\n")]
    [InlineData("{}", "Invalid format: object does not contain 'items'\n")]
    [InlineData("{\"items\":{}}", "Invalid format: object contains 'items' with wrong type\n")]
    [InlineData("{\"items\":null}", "Invalid format: object contains 'items' with wrong type\n")]
    [InlineData("{\"items\":[1]}", "Invalid format: publish item object is not an object\n")]
    [InlineData("{\"items\":[{}]}", "Invalid format: publish item object does not contain 'channel'\n")]
    public void Parse_Wrong_SpeaksAsPushpin(string body, string text)
    {
        var request = Reader().Parse(Encoding.UTF8.GetBytes(body));

        Assert.Empty(request.Items);
        Assert.Equal(text, Encoding.UTF8.GetString(request.Problem!.Answer.Body.Span));
    }

    [Theory]
    [InlineData(100, false)]
    [InlineData(100_000, true)]
    public async Task Read_LongBody_LetsItsThreadGo(int length, bool elsewhere)
    {
        var context = new DefaultHttpContext();
        context.Request.Body = new MemoryStream(Encoding.UTF8.GetBytes("{\"items\":[]}".PadRight(length)));
        var before = SynchronizationContext.Current;
        var later = new LaterContext();
        SynchronizationContext.SetSynchronizationContext(later);
        var reading = Reader().ReadAsync(context.Request, CancellationToken.None);
        SynchronizationContext.SetSynchronizationContext(before);

        Assert.Equal(elsewhere, !reading.IsCompleted);
        later.Run();
        Assert.Null((await reading).Problem);
    }

    [Fact]
    public void Parse_OneItemWrong_GivesNoItem()
    {
        var request = Parse("""{"items":[{"channel":"a","formats":{"http-stream":{"content":"x"}}},{"channel":5}]}""");
        Assert.Empty(request.Items);
        Assert.NotNull(request.Problem);
    }

    [Fact]
    public void Parse_Items_KeepTheirOrder()
    {
        var request = Parse("""{"items":[{"channel":"b","formats":{"zzz":1}},{"channel":"a","formats":{"zzz":1}}]}""");
        Assert.Null(request.Problem);
        Assert.Equal(["b", "a"], request.Items.Select(item => item.Channel));
    }

    [Fact]
    public void Parse_ByteOrderMark_IsSkipped() => Assert.Null(Reader().Parse((byte[])[0xEF, 0xBB, 0xBF, .. "{\"items\":[]}"u8]).Problem);

    [Fact]
    public void Parse_BrokenUtf8InString_IsNotJson()
    {
        byte[] body = [.. "{\"items\":[{\"channel\":\""u8, 0xFF, .. "\",\"formats\":{}}]}"u8];
        Assert.Equal(PublishProblem.NotJson, Reader().Parse(body).Problem);
    }

    [Theory]
    [InlineData(64, false)]
    [InlineData(65, true)]
    public void Parse_Nesting_IsLimited(int depth, bool refused)
    {
        // The object around the lists is one level.
        var body = "{\"items\":[],\"x\":" + new string('[', depth - 1) + new string(']', depth - 1) + "}";
        Assert.Equal(refused, Parse(body).Problem is not null);
    }

    [Fact]
    public void Parse_NestingWithoutLimit_IsAccepted()
    {
        var reader = new PublishRequestReader(new ControlOptions { JsonDepth = 0 });
        var body = "{\"items\":[],\"x\":" + new string('[', 10_000) + new string(']', 10_000) + "}";
        Assert.Null(reader.Parse(Encoding.UTF8.GetBytes(body)).Problem);
    }

    private static PublishRequest Parse(string body) => Reader().Parse(Encoding.UTF8.GetBytes(body));

    private static PublishRequestReader Reader() => new(new ControlOptions());

    /// <summary>Keeps what is to go on elsewhere.</summary>
    private sealed class LaterContext : SynchronizationContext
    {
        private readonly List<Action> _waiting = [];

        public override void Post(SendOrPostCallback d, object? state) => _waiting.Add(() => d(state));

        public void Run() => _waiting.ForEach(static work => work());
    }
}
