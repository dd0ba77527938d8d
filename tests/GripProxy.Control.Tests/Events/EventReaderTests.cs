using GripProxy.Control.Events;
using GripProxy.Control.Inspect;
using GripProxy.Control.Tests.Testing;
using GripProxy.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace GripProxy.Control.Tests.Events;

public sealed class EventReaderTests : IAsyncLifetime
{
    private readonly ManualTime _time = new();
    private ControlPort _server = null!; // by InitializeAsync
    private ManualEvents _events = null!; // by InitializeAsync

    public async Task InitializeAsync()
    {
        _server = await ControlPort.StartAsync("", services => services
            .AddSingleton<TimeProvider>(_time)
            .AddSingleton<ManualEvents>()
            .AddSingleton<IOwnEndpoint>(provider => provider.GetRequiredService<ManualEvents>()));
        _events = _server.Services.GetRequiredService<ManualEvents>();
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Send_Events_ArriveInOrder()
    {
        await using var client = await _server.WatchAsync("/v1/manual");
        var reader = await _events.Begun;
        reader.Send("a", "{\"n\":1}"u8);
        reader.Send("b", "{}"u8);
        Assert.Equal("event: a|data: {\"n\":1}", await client.NextAsync());
        Assert.Equal("event: b|data: {}", await client.NextAsync());
    }

    [Fact]
    public async Task Quiet_Stream_GetsACommentEveryFifteenSeconds()
    {
        await using var client = await _server.WatchAsync("/v1/manual");
        await _events.Begun;
        for (var i = 0; i < 2; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(15));
            Assert.Equal(":", await client.NextAsync());
        }
    }

    [Fact]
    public async Task Client_Leaves_IsNoticedByTheWritesThatFail()
    {
        await using (var client = await _server.ConnectAsync())
        {
            await client.SendRawAsync("GET /v1/manual HTTP/1.1\r\nHost: x\r\n\r\n");
            await _events.Begun;
        }

        await KeepWritingUntilAsync(_events.Ended);
    }

    [Fact]
    public async Task Client_EndsItsSending_GoesOnReading()
    {
        await using var client = await _server.ConnectAsync();
        await client.SendRawAsync("GET /v1/manual HTTP/1.1\r\nHost: x\r\n\r\n");
        client.EndSending();
        (await _events.Begun).Send("late", "{}"u8);
        Assert.Contains("event: late", await client.ReadRawAsync("data: {}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Client_DoesNotRead_IsCutWhenItIsTooFarBehind()
    {
        await using var client = await _server.ConnectAsync();
        await client.SendRawAsync("GET /v1/manual HTTP/1.1\r\nHost: x\r\n\r\n");
        var reader = await _events.Begun;
        var large = new byte[EventReader.MaxBehind / 8];
        Array.Fill(large, (byte)'x');
        // What the system takes in does not count, so it takes more than the limit.
        for (var i = 0; i < 400; i++)
            reader.Send("large", large);
        await _events.Ended;
        await client.ExpectEndAsync();
    }

    [Fact]
    public async Task Client_IsTooFarBehindBeforeAnythingIsWritten_IsCut()
    {
        using var reader = new EventReader(_time);
        FallBehind(reader);
        // The cut has its turn while there is nothing to cut.
        await Task.Run(() => { });
        await reader.WriteAsync(new StuckBody().NewContext()).WaitAsync(RawClient.Patience);
    }

    [Fact]
    public async Task Client_IsTooFarBehindWhileTheHeadIsSent_IsCut()
    {
        using var reader = new EventReader(_time);
        reader.SendFirst(Endless(reader));
        var body = new StuckBody();
        await reader.WriteAsync(body.NewContext()).WaitAsync(RawClient.Patience);
    }

    [Fact]
    public async Task Cut_AfterTheEnd_LeavesTheConnectionAlone()
    {
        using var reader = new EventReader(_time);
        var body = new StuckBody();
        var writing = reader.WriteAsync(body.NewContext());
        body.CancelPendingFlush();
        await writing.WaitAsync(RawClient.Patience);
        FallBehind(reader);
        await Task.Run(() => { });
        Assert.Equal(1, body.Cuts);
    }

    [Fact]
    public async Task EndAll_Stream_EndsProperly()
    {
        await using var client = await _server.WatchAsync("/v1/manual");
        (await _events.Begun).Send("last", "{}"u8);
        _server.Services.GetRequiredService<EventStreams>().EndAll();
        Assert.Equal("event: last|data: {}", await client.NextAsync());
        Assert.Null(await client.NextAsync());
        await _events.Ended;
    }

    [Fact]
    public async Task Head_OfAStream_HasNoBody()
    {
        var answer = await _server.RequestAsync("HEAD", "/v1/manual");
        Assert.Equal((200, "text/event-stream"), (answer.Status, answer.Header("Content-Type")));
        Assert.False(_events.Begun.IsCompleted);
    }

    private static void FallBehind(EventReader reader)
    {
        for (var i = 0; i < 9; i++)
            reader.Send("large", new byte[EventReader.MaxBehind / 8]);
    }

    private static IEnumerable<byte[]> Endless(EventReader reader)
    {
        FallBehind(reader);
        while (true)
            yield return new byte[1024];
    }

    // Each comment is a write; the first after the client's end may still go through.
    private async Task KeepWritingUntilAsync(Task end)
    {
        while (!end.IsCompleted)
        {
            _time.Advance(EventReader.CommentInterval);
            await Task.Yield();
        }

        await end;
    }
}
