using System.Globalization;
using System.Text;
using GripProxy.Forwarding.Tests.Support;
using GripProxy.Holds.WebSockets;
using GripProxy.Protocol.WebSockets;

namespace GripProxy.Forwarding.Tests.WebSockets.OverHttp;

/// <summary>Many connections with everything at once: nothing is lost, doubled or out of order, and every reader and writer comes to an end.</summary>
public sealed class OverHttpStressTests
{
    private const int Connections = 40;
    private const int Messages = 60;

    [Fact]
    public async Task Connections_EchoWhileOthersRefresh_GetEachMessageOnceAndInOrder()
    {
        await using var origin = RawOrigin.Answering(Echo);
        using var front = new OverHttpFront();
        await Task.WhenAll(Enumerable.Range(0, Connections).Select(_ => TalkAsync(front, origin.Address))).WaitAsync(TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task Connections_AbortedAnywhere_EndOnBothSides()
    {
        await using var origin = RawOrigin.Answering(Echo);
        using var front = new OverHttpFront();
        var random = new Random(3);
        for (var round = 0; round < 200; round++)
        {
            var connection = (await front.DialAsync($"* {origin.Address},over_http")).Origin!; // It agrees to all.
            var reading = ReadAllAsync(connection);
            var writing = WriteAllAsync(connection);
            var aborting = Task.Run(connection.Abort);
            for (var i = random.Next(20); i > 0; i--)
                connection.Refresh();
            await Task.WhenAll(reading, writing, aborting).WaitAsync(TimeSpan.FromSeconds(60));
        }
    }

    private static async Task TalkAsync(OverHttpFront front, string address)
    {
        var connection = (await front.DialAsync($"* {address},over_http")).Origin!; // It agrees to all.
        using var stop = new CancellationTokenSource();
        var refreshing = Task.Run(() => RefreshAsync(connection, stop.Token));
        var reading = ReadAllAsync(connection);
        for (var i = 0; i < Messages; i++)
            Assert.True(await connection.WriteTextAsync(i.ToString(CultureInfo.InvariantCulture)));
        await connection.WriteAsync(WebSocketPartKind.Close, "");
        var texts = await reading;
        await stop.CancelAsync();
        await refreshing;

        Assert.Equal([.. Enumerable.Range(0, Messages).Select(i => $"Text {i}"), "Close"], texts);
    }

    private static async Task RefreshAsync(IWebSocketOrigin connection, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            connection.Refresh();
            await Task.Yield();
        }
    }

    private static async Task<List<string>> ReadAllAsync(IWebSocketOrigin connection)
    {
        var texts = new List<string>();
        while (true)
        {
            var part = await connection.ReadAsync();
            if (part.Kind == WebSocketPartKind.Lost)
                return texts;
            texts.Add($"{part.Kind} {Encoding.ASCII.GetString(part.Content.Span)}".TrimEnd());
            if (part.Kind == WebSocketPartKind.Close)
                return texts;
        }
    }

    private static async Task WriteAllAsync(IWebSocketOrigin connection)
    {
        var content = new byte[5000];
        while (await connection.WriteAsync(new WebSocketPart(WebSocketPartKind.Binary, content)))
            await Task.Yield();
    }

    private static string Echo(OriginRequest request)
    {
        var events = request.Body == "DISCONNECT\r\n" ? "" : request.Body;
        return $"HTTP/1.1 200 OK\r\nContent-Type: application/websocket-events\r\nContent-Length: {events.Length}\r\n\r\n{events}";
    }
}
