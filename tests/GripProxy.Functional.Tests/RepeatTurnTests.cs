using System.Collections.Concurrent;
using System.Globalization;
using GripProxy.Functional.Tests.Fixture;
using Microsoft.AspNetCore.Http;

namespace GripProxy.Functional.Tests;

/// <summary>Polls that all want to ask their origin again wait for their turn, beside HTTP, and lose nothing by it.</summary>
public sealed class RepeatTurnTests(ProxyWithOrigin world) : IClassFixture<ProxyWithOrigin>
{
    private const int AtOnce = 250;

    // More than have a turn; some of those who have none leave.
    private const int Polls = AtOnce + 10;
    private const int Leaving = 4;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task AllHoldsOfAChannel_AskAgainSomeAtATime_AndWhoLeavesMeanwhileKeepsNoPlace()
    {
        // The second round needs every place of the first.
        await RunAsync("turns-one", Polls, Leaving);
        await RunAsync("turns-two", AtOnce, leaving: 0);
    }

    private async Task RunAsync(string channel, int polls, int leaving)
    {
        Turns turns = new(channel);
        world.Origin.On($"/{channel}", turns.AnswerAsync);
        int mark = world.Proxy.Output.Mark;
        List<RawHttp> clients = [];
        for (int i = 0; i < polls; i++)
        {
            clients.Add(await world.Proxy.ConnectAsync());
            await clients[i].SendAsync(RawHttp.Get($"/{channel}", "example.test", $"X-Client: {i}"));
        }

        await turns.Held(polls).WaitAsync(s_patience);
        await world.Proxy.SubscribedAsync(channel, polls, mark);
        await world.Proxy.Control.PublishAsync(
            channel, "http-response", new Dictionary<string, object?>(StringComparer.Ordinal) { ["action"] = "hint" }, null, null);
        await turns.Full.WaitAsync(s_patience);

        List<int> waiting = [.. Enumerable.Range(0, polls).Where(i => !turns.HasAsked(i))];
        Assert.Equal(polls - AtOnce, waiting.Count);
        foreach (int i in waiting.Take(leaving))
            await clients[i].DisposeAsync();
        turns.Open();

        foreach (int i in Enumerable.Range(0, polls).Except(waiting.Take(leaving)))
        {
            Assert.Equal($"fresh {i}", (await clients[i].ReadResponseAsync()).Body);
            await clients[i].DisposeAsync();
        }

        Assert.Equal(AtOnce, turns.Most);
    }

    /// <summary>Holds everybody once, and lets who comes again wait until it is opened.</summary>
    private sealed class Turns(string channel)
    {
        private readonly ConcurrentDictionary<int, int> _asked = new();
        private readonly TaskCompletionSource _full = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly SemaphoreSlim _held = new(0);
        private readonly Lock _gate = new();
        private int _there;

        public Task Full => _full.Task;

        public int Most { get; private set; }

        public async Task Held(int polls)
        {
            for (int i = 0; i < polls; i++)
                await _held.WaitAsync();
        }

        public bool HasAsked(int client) => _asked[client] > 1;

        public void Open() => _open.SetResult();

        public async Task AnswerAsync(HttpContext context)
        {
            int client = int.Parse(context.Request.Headers["X-Client"].ToString(), CultureInfo.InvariantCulture);
            if (_asked.AddOrUpdate(client, 1, static (_, before) => before + 1) == 1)
            {
                context.Response.Headers["Grip-Hold"] = "response";
                context.Response.Headers["Grip-Channel"] = channel;
                context.Response.OnCompleted(() =>
                {
                    _held.Release();
                    return Task.CompletedTask;
                });
                return;
            }

            Enter();
            await _open.Task.WaitAsync(s_patience);
            lock (_gate)
                _there--;
            await context.Response.WriteAsync($"fresh {client}");
        }

        private void Enter()
        {
            lock (_gate)
            {
                Most = Math.Max(Most, ++_there);
                if (_there == AtOnce)
                    _full.SetResult();
            }
        }
    }
}
