using System.Globalization;
using System.Net.WebSockets;
using System.Text;
using GripProxy.Functional.Tests.Fixture;

namespace GripProxy.Functional.Tests.Soak;

/// <summary>
/// One client of the soak: connects, does things at random, checks that it got exactly what was sent to it, ends in one way or another, and
/// connects again. Owned by one task.
/// </summary>
/// <param name="number">Tells it from others; seeds its choices.</param>
/// <param name="proxy">Where WebSockets go, as <c>ws://host:port</c>.</param>
/// <param name="control">Where it publishes.</param>
/// <param name="shared">The channel that it shares with others.</param>
/// <param name="seed">Of the whole soak.</param>
public sealed class SoakClient(int number, string proxy, ControlClient control, SoakChannel shared, int seed)
{
    private const int LongestPauseMilliseconds = 1_000;
    private const int MostActions = 12;

    private static readonly string[] s_failures = ["fail status", "fail events", "fail type", "fail reset", "fail disconnect"];

    private readonly Random _random = new((seed * 100_003) + number);
    private readonly string _own = string.Create(CultureInfo.InvariantCulture, $"own-{number}");

    /// <summary>Connections that were opened.</summary>
    public int Connections { get; private set; }

    /// <summary>Messages that were sent to the client: published to its own channel, or answers of the origin.</summary>
    public int Sent { get; private set; }

    /// <summary>Of these, what arrived, in order.</summary>
    public int Received { get; private set; }

    /// <summary>Messages of the shared channel that arrived.</summary>
    public int ReceivedShared { get; private set; }

    /// <summary>Goes on until the time is over; the last connection is closed in order then.</summary>
    public async Task RunAsync(CancellationToken over)
    {
        do
        {
            await ConverseAsync(over);
        }
        while (!over.IsCancellationRequested);
    }

    private async Task ConverseAsync(CancellationToken over)
    {
        await PauseAsync(over);
        using ClientWebSocket socket = new();
        socket.Options.KeepAliveInterval = TimeSpan.Zero;
        await socket.ConnectAsync(new Uri($"{proxy}/soak/{_own}/{shared.Name}"), CancellationToken.None).WaitAsync(SoakInbox.Patience);
        Connections++;
        SoakInbox inbox = new(socket, _own, shared.Name);
        Task reading = inbox.ReadAsync();
        Sent++;
        await inbox.UntilAsync("ready", () => inbox.Answers == 1);
        inbox.Follow(shared);
        int actions = _random.Next(1, MostActions);
        for (int i = 0; i < actions && !over.IsCancellationRequested; i++)
        {
            await ActAsync(socket, inbox);
            await PauseAsync(over);
        }

        await inbox.UntilAsync("everything of its own", () => inbox.Own == inbox.OwnSent);
        await inbox.UnfollowAsync(shared);
        await EndAsync(socket, inbox, reading);
        Received += inbox.Own + inbox.Answers;
        ReceivedShared += inbox.Shared;
    }

    private async Task ActAsync(ClientWebSocket socket, SoakInbox inbox)
    {
        int choice = _random.Next(10);
        if (choice < 6)
        {
            int burst = _random.Next(1, 4);
            for (int i = 0; i < burst; i++)
            {
                Sent++;
                await control.PublishMessageAsync(_own, string.Create(CultureInfo.InvariantCulture, $"{_own} {++inbox.OwnSent}"));
            }
        }
        else if (choice < 9)
        {
            await AskAsync(socket, inbox, string.Create(CultureInfo.InvariantCulture, $"echo {_random.Next()}"));
        }
        else
        {
            await inbox.UnfollowAsync(shared);
            await AskAsync(socket, inbox, "leave");
            inbox.Forget();
            await AskAsync(socket, inbox, "join");
            inbox.Follow(shared);
        }
    }

    private async Task AskAsync(ClientWebSocket socket, SoakInbox inbox, string text)
    {
        int before = inbox.Answers;
        Sent++;
        await SendAsync(socket, text);
        await inbox.UntilAsync($"the answer to '{text}'", () => inbox.Answers > before);
    }

    private async Task EndAsync(ClientWebSocket socket, SoakInbox inbox, Task reading)
    {
        int choice = _random.Next(10);
        if (choice < 3)
        {
            // Nothing more is to come: what the origin does now ends the connection, and so it must.
            await SendAsync(socket, s_failures[_random.Next(s_failures.Length)]);
        }
        else if (choice < 5)
        {
            socket.Abort();
        }
        else
        {
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "", CancellationToken.None);
        }

        await reading.WaitAsync(SoakInbox.Patience);
        if (choice >= 5 && inbox.ClosedWith != WebSocketCloseStatus.NormalClosure)
        {
            throw new InvalidDataException($"{_own}: a close was answered by {inbox.ClosedWith?.ToString() ?? "the end of the connection"}");
        }
    }

    private Task PauseAsync(CancellationToken over) =>
        Task.Delay(TimeSpan.FromMilliseconds(_random.Next(LongestPauseMilliseconds)), TimeProvider.System, over).ContinueWith(
            static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);

    private static Task SendAsync(ClientWebSocket socket, string text) =>
        socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
}
