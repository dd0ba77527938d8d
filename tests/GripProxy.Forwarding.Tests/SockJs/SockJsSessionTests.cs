using System.Text;
using System.Text.Json;
using GripProxy.Channels.Timing;
using GripProxy.Forwarding.SockJs.Frames;
using GripProxy.Forwarding.SockJs.Sessions;
using GripProxy.Protocol.WebSockets;
using GripProxy.Testing;

namespace GripProxy.Forwarding.Tests.SockJs;

public sealed class SockJsSessionTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly ManualTime _time = new();
    private readonly TimerWheel _wheel;
    private readonly SockJsReceiver _first = new(isStream: false);
    private readonly SockJsSession _session;
    private int _ended;

    public SockJsSessionTests()
    {
        _wheel = new TimerWheel(_time);
        _session = new SockJsSession(_wheel, _first, _ => _ended++);
    }

    public void Dispose() => _wheel.Dispose();

    [Fact]
    public async Task Next_OriginHasAccepted_IsTheOpenFrame()
    {
        _session.Delivery.Open();

        Assert.Equal("o", Text(await _session.Delivery.NextAsync(_first)));
    }

    [Fact]
    public async Task Next_SeveralMessagesWait_AreOneFrame()
    {
        await BeginAsync();
        await SayAsync("one");
        await SayAsync("tw\"o");

        Assert.Equal("a[\"one\",\"tw\\\"o\"]", await PollAsync());
    }

    [Fact]
    public async Task Next_MessageArrivesWhileARequestWaits_IsGivenAtOnce()
    {
        await BeginAsync();
        var poll = PollAsync();
        Assert.False(poll.IsCompleted);

        await SayAsync("one");

        Assert.Equal("a[\"one\"]", await poll.WaitAsync(Patience));
    }

    [Fact]
    public async Task Next_FragmentsOfAMessage_AreOneMessage()
    {
        await BeginAsync();
        var face = "😀"u8.ToArray();
        await _session.WriteAsync(new WebSocketPart(WebSocketPartKind.Binary, face.AsMemory(0, 2), IsFirst: true, IsLast: false));
        await _session.WriteAsync(new WebSocketPart(WebSocketPartKind.Binary, face.AsMemory(2), IsFirst: false, IsLast: true));

        Assert.Equal(["😀"], JsonSerializer.Deserialize<string[]>((await PollAsync())[1..])!);
    }

    [Theory]
    [InlineData(WebSocketPartKind.Ping)]
    [InlineData(WebSocketPartKind.Pong)]
    public async Task Write_PingOrPong_IsNotForTheClient(WebSocketPartKind kind)
    {
        await BeginAsync();
        var poll = PollAsync();

        Assert.True(await _session.WriteAsync(new WebSocketPart(kind, "x"u8.ToArray())));
        Assert.True(await _session.SendAsync(_session.Framing.Encode(kind, "x"u8.ToArray())));

        Assert.False(poll.IsCompleted);
    }

    [Fact]
    public async Task Next_NothingFor25Seconds_IsAHeartbeat()
    {
        await BeginAsync();
        var poll = PollAsync();

        _time.Advance(TimeSpan.FromSeconds(24.9));
        Assert.False(poll.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(0.2));

        Assert.Equal("h", await poll.WaitAsync(Patience));
        Assert.Equal(0, _ended);
    }

    [Fact]
    public async Task Attach_AnotherRequestWaits_IsToldSo()
    {
        await BeginAsync();
        var poll = PollAsync();

        Assert.Equal("c[2010,\"Another connection still open\"]", await PollAsync());
        Assert.False(poll.IsCompleted);
    }

    [Fact]
    public void Attach_OriginIsStillBeingAsked_IsToldThatAnotherIsOpen() =>
        Assert.Equal("c[2010,\"Another connection still open\"]", Text(_session.Delivery.Attach(new SockJsReceiver(isStream: false))!.Value));

    [Fact]
    public async Task Attach_WhileThePreviousAnswerIsWritten_IsAccepted()
    {
        await BeginAsync();
        await SayAsync("one");
        var previous = new SockJsReceiver(isStream: false);
        Assert.Null(_session.Delivery.Attach(previous));
        await _session.Delivery.NextAsync(previous);

        Assert.Null(_session.Delivery.Attach(new SockJsReceiver(isStream: false)));
        _session.Delivery.Delivered(previous);
        _time.Advance(TimeSpan.FromSeconds(6));

        Assert.Equal(0, _ended);
    }

    [Fact]
    public async Task Timer_NoRequestFor5Seconds_CutsTheSessionOff()
    {
        await BeginAsync();
        var gone = _session.Delivery.Gone;
        var read = _session.ReadAsync();

        _time.Advance(TimeSpan.FromSeconds(4.9));
        Assert.Equal(0, _ended);
        _time.Advance(TimeSpan.FromSeconds(0.2));

        Assert.Equal(1, _ended);
        Assert.Equal(WebSocketPartKind.Lost, (await read).Kind);
        Assert.False(await _session.SendAsync(_session.Framing.Encode(WebSocketPartKind.Text, "x"u8.ToArray())));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.Delay(Patience, TimeProvider.System, gone));
    }

    [Fact]
    public async Task Timer_AnswerTakesLongToWrite_DoesNotEndTheSession()
    {
        await BeginAsync();
        await SayAsync("one");
        var slow = new SockJsReceiver(isStream: false);
        _session.Delivery.Attach(slow);
        await _session.Delivery.NextAsync(slow);

        _time.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal(0, _ended);
        _session.Delivery.Delivered(slow);
        _time.Advance(TimeSpan.FromSeconds(5.1));

        Assert.Equal(1, _ended);
    }

    [Fact]
    public async Task Close_ByTheOrigin_IsToldAfterWhatWaits()
    {
        await BeginAsync();
        await SayAsync("last");
        Assert.True(await CloseAsync(4003, "enough"));

        Assert.Equal("a[\"last\"]", await PollAsync());
        Assert.Equal("c[4003,\"enough\"]", await PollAsync());
        var answer = await _session.ReadAsync();
        Assert.Equal((WebSocketPartKind.Close, 4003), (answer.Kind, WebSocketClose.Read(answer.Content.Span)!.Value.Code));
    }

    [Fact]
    public async Task Close_WithoutCode_HasWordsOfItsOwn()
    {
        await BeginAsync();

        await _session.WriteAsync(new WebSocketPart(WebSocketPartKind.Close, default));

        Assert.Equal("c[0,\"Connection closed\"]", await PollAsync());
    }

    [Fact]
    public async Task Close_WithoutReason_HasWordsOfItsOwn()
    {
        await BeginAsync();

        await CloseAsync(1000, "");

        Assert.Equal("c[1000,\"Connection closed\"]", await PollAsync());
    }

    [Fact]
    public async Task Close_ToldOnce_IsRepeatedFor5Seconds()
    {
        await BeginAsync();
        await CloseAsync(1000, "bye");
        await PollAsync();
        _session.Abort();

        _time.Advance(TimeSpan.FromSeconds(4.9));
        Assert.Equal("c[1000,\"bye\"]", await PollAsync());
        Assert.Equal(0, _ended);
        _time.Advance(TimeSpan.FromSeconds(0.2));

        Assert.Equal(1, _ended);
    }

    [Fact]
    public async Task Abort_CloseNotToldYet_IsToldToTheNextRequest()
    {
        await BeginAsync();
        await SayAsync("last");
        await CloseAsync(1000, "bye");

        _session.Abort();

        Assert.Equal("a[\"last\"]", await PollAsync());
        Assert.Equal("c[1000,\"bye\"]", await PollAsync());
    }

    [Fact]
    public async Task Abort_WithoutClose_LeavesNothingForTheRequestThatWaits()
    {
        await BeginAsync();
        var poll = PollAsync();

        _session.Abort();

        Assert.Equal("", await poll.WaitAsync(Patience));
        Assert.Equal(1, _ended);
    }

    [Fact]
    public async Task Leave_RequestWaits_ClosesTheSession()
    {
        await BeginAsync();
        var waiting = new SockJsReceiver(isStream: false);
        _session.Delivery.Attach(waiting);
        var next = _session.Delivery.NextAsync(waiting);

        _session.Delivery.Leave(waiting);

        Assert.True((await next.WaitAsync(Patience)).IsNone);
        var end = await _session.ReadAsync();
        Assert.Equal((WebSocketPartKind.Close, 0), (end.Kind, end.Content.Length));
        Assert.Equal("c[3000,\"Client already closed connection\"]", await PollAsync());
        Assert.True(await _session.SendAsync(_session.Framing.Encode(WebSocketPartKind.Text, "x"u8.ToArray())));
    }

    [Fact]
    public async Task Leave_OriginAnswers_IsToldWhatTheOriginSaid()
    {
        await BeginAsync();
        await LeaveAsync();

        Assert.True(await CloseAsync(1000, "bye"));

        Assert.Equal("c[1000,\"bye\"]", await PollAsync());
        _time.Advance(TimeSpan.FromSeconds(5.1));
        Assert.Equal(1, _ended);
    }

    [Fact]
    public async Task Leave_NobodyAnswers_EndsTheSessionAtLast()
    {
        await BeginAsync();
        await LeaveAsync();

        _time.Advance(TimeSpan.FromSeconds(25.1));

        Assert.Equal(1, _ended);
    }

    [Fact]
    public async Task Leave_FrameIsOnItsWay_DoesNothing()
    {
        await BeginAsync();
        await SayAsync("one");
        var receiver = new SockJsReceiver(isStream: false);
        _session.Delivery.Attach(receiver);
        await _session.Delivery.NextAsync(receiver);
        var later = PollAsync();

        _session.Delivery.Leave(receiver);

        Assert.False(later.IsCompleted);
    }

    [Fact]
    public async Task Send_MoreThanFits_WaitsForTheNextRequest()
    {
        await BeginAsync();
        var half = new string('x', 120_000);
        await SayAsync(half);

        var second = _session.WriteAsync(new WebSocketPart(WebSocketPartKind.Text, Encoding.UTF8.GetBytes(half))).AsTask();
        Assert.False(second.IsCompleted);
        Assert.Equal($"a[\"{half}\"]", await PollAsync());

        Assert.True(await second.WaitAsync(Patience));
        Assert.Equal($"a[\"{half}\"]", await PollAsync());
    }

    [Fact]
    public async Task Send_WaitsForRoomAndTheSessionEnds_IsToldThatNothingCanBeSent()
    {
        await BeginAsync();
        var half = _session.Framing.Encode(WebSocketPartKind.Text, new byte[120_000]);
        await _session.SendAsync(half[..120_000]);
        var second = _session.SendAsync(half[..120_000]).AsTask();

        _time.Advance(TimeSpan.FromSeconds(5.1));

        Assert.False(await second.WaitAsync(Patience));
    }

    [Fact]
    public async Task Write_MessageLongerThanTheBuffer_EndsTheSession()
    {
        await BeginAsync();
        var fragment = new byte[150_000];
        Assert.True(await _session.WriteAsync(new WebSocketPart(WebSocketPartKind.Text, fragment, IsFirst: true, IsLast: false)));

        Assert.False(await _session.WriteAsync(new WebSocketPart(WebSocketPartKind.Text, fragment, IsFirst: false, IsLast: true)));

        Assert.Equal(1, _ended);
    }

    [Fact]
    public async Task ClientSend_SeveralMessages_AreReadInTheirOrder()
    {
        await BeginAsync();

        var sent = _session.SendAsync(["one"u8.ToArray(), "two"u8.ToArray()]);

        Assert.Equal("one", Encoding.UTF8.GetString((await _session.ReadAsync()).Content.Span));
        Assert.False(sent.IsCompleted);
        Assert.Equal("two", Encoding.UTF8.GetString((await _session.ReadAsync()).Content.Span));
        Assert.Equal(SockJsSendResult.Taken, await sent);
    }

    [Fact]
    public async Task ClientSend_AnotherIsUnfinished_IsRefused()
    {
        await BeginAsync();
        _ = _session.SendAsync(["one"u8.ToArray()]);

        Assert.Equal(SockJsSendResult.Busy, await _session.SendAsync(["two"u8.ToArray()]));
    }

    [Fact]
    public async Task ClientSend_SessionEndsMeanwhile_FindsNone()
    {
        await BeginAsync();
        var sent = _session.SendAsync(["one"u8.ToArray()]);

        _session.Delivery.End();

        Assert.Equal(SockJsSendResult.NoSession, await sent.WaitAsync(Patience));
        Assert.Equal(WebSocketPartKind.Lost, (await _session.ReadAsync()).Kind);
    }

    [Fact]
    public async Task ClientSend_ThenTheClientLeaves_IsReadBeforeTheClose()
    {
        await BeginAsync();
        _ = _session.SendAsync(["one"u8.ToArray()]);
        await LeaveAsync();

        Assert.Equal(WebSocketPartKind.Text, (await _session.ReadAsync()).Kind);
        Assert.Equal(WebSocketPartKind.Close, (await _session.ReadAsync()).Kind);
        Assert.Equal(SockJsSendResult.NoSession, await _session.SendAsync(["two"u8.ToArray()]));
    }

    [Fact]
    public async Task Stream_Frames_ComeOneAfterTheOther()
    {
        var stream = new SockJsReceiver(isStream: true);
        var session = new SockJsSession(_wheel, stream, _ => _ended++);
        session.Delivery.Open();

        Assert.Equal("o", Text(await session.Delivery.NextAsync(stream)));
        var next = session.Delivery.NextAsync(stream);
        await session.SendAsync(session.Framing.Encode(WebSocketPartKind.Text, "one"u8.ToArray()));
        Assert.Equal("a[\"one\"]", Text(await next.WaitAsync(Patience)));
        Assert.NotNull(session.Delivery.Attach(new SockJsReceiver(isStream: true)));
        next = session.Delivery.NextAsync(stream);
        _time.Advance(TimeSpan.FromSeconds(25.1));
        Assert.Equal("h", Text(await next.WaitAsync(Patience)));
        session.Delivery.Delivered(stream);
        _time.Advance(TimeSpan.FromSeconds(5.1));
        Assert.Equal(1, _ended);
    }

    [Fact]
    public async Task Conversation_WritersAndRequestsAtTheSameTime_LosesNothing()
    {
        const int count = 3000;
        await BeginAsync();
        var sent = Task.Run(async () =>
        {
            for (var i = 0; i < count; i++)
                Assert.Equal(SockJsSendResult.Taken, await _session.SendAsync([Encoding.UTF8.GetBytes($"{i}")]));
        });
        var read = Task.Run(async () =>
        {
            for (var i = 0; i < count; i++)
                Assert.Equal($"{i}", Encoding.UTF8.GetString((await _session.ReadAsync()).Content.Span));
        });
        var origin = Task.Run(async () =>
        {
            for (var i = 0; i < count; i++)
                await SayAsync($"{i} {new string('x', i % 500)}");
            await Task.WhenAll(sent, read);
            await CloseAsync(1000, "end");
        });

        var received = 0;
        for (var frame = await PollAsync(); frame[0] == 'a'; frame = await PollAsync())
        {
            foreach (var message in JsonSerializer.Deserialize<string[]>(frame[1..])!)
                Assert.StartsWith($"{received++} ", message, StringComparison.Ordinal);
        }

        Assert.Equal(count, received);
        await origin.WaitAsync(Patience);
    }

    private static string Text(SockJsFrame frame) => Encoding.UTF8.GetString(frame.Text.Span);

    private async Task BeginAsync()
    {
        _session.Delivery.Open();
        await _session.Delivery.NextAsync(_first);
        _session.Delivery.Delivered(_first);
    }

    private async Task LeaveAsync()
    {
        var receiver = new SockJsReceiver(isStream: false);
        _session.Delivery.Attach(receiver);
        var next = _session.Delivery.NextAsync(receiver);
        _session.Delivery.Leave(receiver);
        await next;
    }

    private async Task SayAsync(string text) =>
        Assert.True(await _session.SendAsync(_session.Framing.Encode(WebSocketPartKind.Text, Encoding.UTF8.GetBytes(text))));

    private async Task<bool> CloseAsync(int code, string reason) =>
        await _session.WriteAsync(new WebSocketPart(WebSocketPartKind.Close, new WebSocketClose(code, reason).ToContent()));

    /// <summary>What one request gets.</summary>
    private async Task<string> PollAsync()
    {
        var receiver = new SockJsReceiver(isStream: false);
        if (_session.Delivery.Attach(receiver) is { } answer)
            return Text(answer);
        var frame = await _session.Delivery.NextAsync(receiver);
        if (!frame.IsNone)
            _session.Delivery.Delivered(receiver);
        return Text(frame);
    }
}
