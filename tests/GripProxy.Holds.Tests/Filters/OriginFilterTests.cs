using System.IO.Pipelines;
using System.Text;
using GripProxy.Channels.Outcomes;
using GripProxy.Holds.Links;
using GripProxy.Protocol.Instructs;

namespace GripProxy.Holds.Tests.Filters;

public sealed class OriginFilterTests : IDisposable
{
    private readonly HoldsFixture _holds = new();
    private readonly FilterOrigin _origin;
    private readonly Pipe _client = new();
    private readonly CancellationTokenSource _gone = new();

    public OriginFilterTests() => _origin = new FilterOrigin(_holds.Time);

    public void Dispose()
    {
        _holds.Dispose();
        _gone.Dispose();
    }

    [Fact]
    public async Task HttpCheck_Request_CarriesMetaAndPrevIdsAndNoBody()
    {
        _ = Hold([("url", "check?x=1"), ("user", "zoë\n")], FilteredHold.Channel("c", "1", "http-check"), FilteredHold.Channel("d", "7"), FilteredHold.Channel("e", null));
        _holds.Publish("two.", meta: ("sender", "b\"o"), id: "2", prevId: "1");
        var request = await _origin.AnswerAsync(FilterOrigin.Plain(200, "ignored"));
        Assert.Equal(("POST", "http://h/check?x=1", 0, true), (request.Method, request.Uri.AbsoluteUri, request.Body.Length, request.IsPlain));
        Assert.Equal("""{"url":"check?x=1","user":"zo\u00EB\n"}""", request.Headers.First("Sub-Meta"));
        Assert.Equal("""{"sender":"b\u0022o"}""", request.Headers.First("Pub-Meta"));
        Assert.Equal([new GripLast("c", "1"), new GripLast("d", "7")], request.LastIds);
        Assert.Equal("go two.", await ReadUntilAsync("."));
    }

    [Fact]
    public async Task HttpCheck_SlowAnswer_EverythingWaitsInOrder()
    {
        _ = Hold([("url", "/check")], FilteredHold.Channel("c", null, "http-check"), FilteredHold.Channel("d", null));
        _holds.Publish("0", "d");
        _holds.Publish("1");
        _holds.Publish("2", "d");
        _holds.Publish("3.");
        var (_, first) = await _origin.AskedAsync();
        Assert.Equal("go 0", await ReadUntilAsync("0"));
        first.SetResult(FilterOrigin.Plain(204));
        await _origin.AnswerAsync(FilterOrigin.Plain(200));
        Assert.Equal("123.", await ReadUntilAsync("."));
    }

    [Fact]
    public async Task HttpCheck_ActionDrop_DropsTheItem()
    {
        _ = Hold([("url", "/check")], FilteredHold.Channel("c", null, "http-check"));
        _holds.Publish("no");
        _holds.Publish("yes.");
        await _origin.AnswerAsync(FilterOrigin.Plain(200, action: "drop"));
        await _origin.AnswerAsync(FilterOrigin.Plain(200, action: "deliver"));
        Assert.Equal("go yes.", await ReadUntilAsync("."));
    }

    [Theory]
    [InlineData(200, "new.", "go new.")]
    [InlineData(200, "", "go ")]
    [InlineData(204, "", "go old.")]
    public async Task HttpModify_Answer_DecidesTheContent(int status, string body, string expected)
    {
        _ = Hold([("url", "/modify")], FilteredHold.Channel("c", null, "http-modify"), FilteredHold.Channel("d", null));
        _holds.Publish("old.");
        var request = await _origin.AnswerAsync(FilterOrigin.Plain(status, body));
        Assert.Equal("old.", Encoding.UTF8.GetString(request.Body.Span));
        _holds.Publish("!", "d");
        Assert.Equal(expected + "!", await ReadUntilAsync("!"));
    }

    [Fact]
    public async Task HttpModify_BehindAnotherContentFilter_GetsWhatThatMade()
    {
        _ = Hold([("url", "/modify"), ("user", "al")], FilteredHold.Channel("c", null, "var-subst", "http-modify"));
        _holds.Publish("%(user)s.");
        var request = await _origin.AnswerAsync(FilterOrigin.Plain(204));
        Assert.Equal("al.", Encoding.UTF8.GetString(request.Body.Span));
        Assert.Equal("go al.", await ReadUntilAsync("."));
    }

    [Theory]
    [InlineData(LinkFailure.ConnectionRefused, "connection refused")]
    [InlineData(LinkFailure.ConnectionTimedOut, "connection timed out")]
    [InlineData(LinkFailure.Tls, "tls error")]
    [InlineData(LinkFailure.Disconnected, "disconnected")]
    [InlineData(LinkFailure.RequestTimedOut, "request timed out")]
    [InlineData(LinkFailure.None, "general error")]
    public async Task HttpCheck_NoAnswerInDebug_SaysWhy(LinkFailure failure, string expected)
    {
        var held = Hold([("url", "/check")], FilteredHold.Channel("c", null, "http-check"));
        _holds.Publish("x");
        await _origin.AnswerAsync(new LinkResponse { Failure = failure });
        await AssertEndAsync($"filter error: network request failed: {expected}", held);
    }

    [Theory]
    [InlineData(404)]
    [InlineData(201)]
    public async Task HttpCheck_OtherStatusInDebug_SaysWhich(int status)
    {
        var held = Hold([("url", "/check")], FilteredHold.Channel("c", null, "http-check"));
        _holds.Publish("x");
        await _origin.AnswerAsync(FilterOrigin.Plain(status, action: "drop"));
        await AssertEndAsync($"filter error: unexpected network request status: code={status}", held);
    }

    [Theory]
    [InlineData(null, "missing url value")]
    [InlineData("", "missing url value")]
    [InlineData("ftp://h/", "invalid url value")]
    [InlineData("http://[", "invalid url value")]
    public async Task HttpCheck_UnusableUrlInDebug_SaysSo(string? url, string expected)
    {
        var held = Hold(url is null ? [] : [("url", url)], FilteredHold.Channel("c", null, "http-check"));
        _holds.Publish("x");
        await AssertEndAsync($"filter error: {expected}", held);
        Assert.False(_origin.WasAsked);
    }

    [Fact]
    public async Task HttpCheck_NoAnswerInTenSeconds_IsGivenUp()
    {
        var held = Hold([("url", "/check")], FilteredHold.Channel("c", null, "http-check"));
        _holds.Publish("x");
        await _origin.AskedAsync();
        _holds.Time.Advance(TimeSpan.FromSeconds(9.9));
        Assert.False(held.IsCompleted);
        _holds.Time.Advance(TimeSpan.FromSeconds(0.2));
        await AssertEndAsync("filter error: network request failed: request timed out", held);
    }

    [Fact]
    public async Task HttpCheck_ClientLeavesMeanwhile_EndsAtOnce()
    {
        var held = Hold([("url", "/check")], FilteredHold.Channel("c", null, "http-check"));
        _holds.Publish("x");
        await _origin.AskedAsync();
        await _gone.CancelAsync();
        Assert.Equal(CloseReason.Client, await held);
        Assert.Equal(0, _holds.Table.CountSubscribers("c"));
    }

    [Fact]
    public async Task HttpCheck_CloseBehindACheck_EndsAfterIt()
    {
        var held = Hold([("url", "/check")], FilteredHold.Channel("c", null, "http-check"));
        _holds.Publish("last.");
        var (_, answer) = await _origin.AskedAsync();
        _holds.Publish("", action: Protocol.Items.ItemAction.Close);
        answer.SetResult(FilterOrigin.Plain(200));
        Assert.Equal(CloseReason.Published, await held);
        Assert.Equal("go last.", await ReadUntilAsync("."));
    }

    [Fact]
    public async Task HttpModify_EndlessAnswer_IsAnError()
    {
        var held = Hold([("url", "/modify")], FilteredHold.Channel("c", null, "http-modify"));
        _holds.Publish("x");
        await _origin.AnswerAsync(FilterOrigin.Plain(200, new string('x', 1_000_001)));
        await AssertEndAsync("filter error: network response is longer than 1000000 bytes", held);
    }

    private Task<CloseReason> Hold((string, string)[] meta, params ChannelInstruct[] channels)
    {
        var instruct = FilteredHold.Instruct(HoldMode.Stream, "go ", FilteredHold.Meta(meta), channels) with
        {
            Next = new NextLink("/next", TimeSpan.FromSeconds(120)),
        };
        return _holds.Keeper.HoldStreamAsync(FilteredHold.Request(instruct, _origin, debug: true), _client.Writer, _gone.Token);
    }

    private Task<string> ReadUntilAsync(string end) => HoldsFixture.ReadUntilAsync(_client.Reader, end);

    private async Task AssertEndAsync(string error, Task<CloseReason> held)
    {
        Assert.Equal(CloseReason.Origin, await held);
        await _client.Writer.CompleteAsync();
        Assert.Equal($"go \n\n{error}\n", await ReadUntilAsync("never"));
    }
}
