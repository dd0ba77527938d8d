using GripProxy.Forwarding.HandOver;
using GripProxy.Proxy.Listeners;

namespace GripProxy.Proxy.Tests.Listeners.HandOver;

/// <summary>Many clients at once that do anything in any order: each gets exactly its own answers.</summary>
public sealed class LayerHistoryTests
{
    private const int Clients = 12;
    private const int Steps = 60;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Clients_AtRandom_GetTheirOwnAnswers(int seed)
    {
        await using var server = await HoldingServer.StartAsync(new ClientListenerOptions { IdleTimeout = TimeSpan.FromSeconds(60) });

        await Task.WhenAll(Enumerable.Range(0, Clients).Select(number => new Client(server, seed, number).RunAsync()));

        // Connections that end take their layers along; those of requests that were held are used again.
        Assert.InRange(server.Layers, 1, Clients * Steps / 2);
    }

#pragma warning disable CA5394 // A history is to be the same each time.
    private sealed class Client(HoldingServer server, int seed, int number)
    {
        private readonly Random _random = new((seed * 1000) + number);
        private AnswerReader _connection = null!; // Set before it is used.

        public async Task RunAsync()
        {
            _connection = new AnswerReader(await server.ConnectAsync());
            for (var step = 0; step < Steps; step++)
                await StepAsync($"{number}-{step}", _random.Next(10));
            await _connection.DisposeAsync();
        }

        private Task StepAsync(string name, int choice) => choice switch
        {
            0 => LeaveWhileHeldAsync(name),
            1 => LeaveWhileWaitingAsync(name),
            2 => SendNonsenseAsync(),
            3 => WaitAsync(name),
            4 or 5 => AskAsync(name),
            6 => PipelineAsync(name),
            _ => HoldAsync(name),
        };

        private async Task AskAsync(string name)
        {
            await _connection.SendAsync(HoldingServer.Get("/who", name));
            await ExpectAsync(name);
        }

        private async Task WaitAsync(string name)
        {
            await _connection.SendAsync(HoldingServer.Get("/wait", name));
            (await server.WaitingAsync(name)).Go.SetResult();
            await ExpectAsync(name);
        }

        private async Task HoldAsync(string name)
        {
            await _connection.SendAsync(HoldingServer.Get("/held", name));
            await AnswerAsync(name);
        }

        private async Task PipelineAsync(string name)
        {
            await _connection.SendAsync(
                HoldingServer.Get("/held", name) + HoldingServer.Get("/who", name + "a") + HoldingServer.Get("/held", name + "b") + HoldingServer.Get("/who", name + "c"));
            await AnswerAsync(name);
            await ExpectAsync(name + "a");
            await AnswerAsync(name + "b");
            await ExpectAsync(name + "c");
        }

        private async Task LeaveWhileHeldAsync(string name)
        {
            await _connection.SendAsync(HoldingServer.Get("/held", name) + HoldingServer.Get("/who", name));
            var parked = await server.ParkedAsync(name);
            await LeaveAsync();
            parked.End(AfterHold.Cut);
        }

        private async Task LeaveWhileWaitingAsync(string name)
        {
            await _connection.SendAsync(HoldingServer.Get("/wait", name));
            await server.WaitingAsync(name);
            await LeaveAsync();
        }

        private async Task SendNonsenseAsync()
        {
            await _connection.SendAsync("GET / HTTP/1.1\r\nHost: a\r\nnonsense\r\n\r\n");
            Assert.Equal("400", await _connection.ReadAsync());
            Assert.Equal("", await _connection.ReadAsync());
            await LeaveAsync();
        }

        private async Task LeaveAsync()
        {
            if (_random.Next(2) == 0)
                await _connection.ResetAsync();
            else
                await _connection.DisposeAsync();
            _connection = new AnswerReader(await server.ConnectAsync());
        }

        private async Task AnswerAsync(string name)
        {
            await (await server.ParkedAsync(name)).AnswerAsync($"held {name}");
            Assert.Equal($"held {name}", await _connection.ReadAsync());
        }

        private async Task ExpectAsync(string name) =>
            Assert.StartsWith($"{name}|{_connection.Address}|", await _connection.ReadAsync(), StringComparison.Ordinal);
    }
#pragma warning restore CA5394
}
