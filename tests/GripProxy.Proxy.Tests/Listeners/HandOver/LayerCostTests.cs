using System.IO.Pipelines;
using System.Net.Sockets;
using GripProxy.Forwarding.HandOver;
using GripProxy.Proxy.Listeners;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Xunit.Abstractions;

namespace GripProxy.Proxy.Tests.Listeners.HandOver;

/// <summary>Alone, because what all threads allocate is counted.</summary>
[CollectionDefinition(nameof(LayerCostTests), DisableParallelization = true)]
public sealed class LayerCostCollection;

/// <summary>What is allocated for a request that is held, the few bytes of this client included.</summary>
[Collection(nameof(LayerCostTests))]
public sealed class LayerCostTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const int Connections = 500;
    private const int MostOfAConnection = 7000;
    private const int MostOfARequest = 2500;

    private static readonly byte[] Request = "GET /held HTTP/1.1\r\nHost: example.test\r\nUser-Agent: some agent\r\nAccept: */*\r\n\r\n"u8.ToArray();

    private readonly SemaphoreSlim _started = new(0);
    private readonly List<Held> _held = [];
    private ClientServer _server = null!; // Set before any test runs.

    public async Task InitializeAsync() => _server = await ClientServer.StartAsync(new ClientListenerOptions { Listen = [ClientServer.AnyPort] }, HoldAsync);

    public async Task DisposeAsync()
    {
        _started.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Connection_ThatIsHeld_AndARequestThatComesBack_CostLessThanHttpOfTheirOwn()
    {
        var clients = new List<Socket>();
        await ConnectAsync(clients);
        await AskAgainAsync();

        var before = GC.GetTotalAllocatedBytes(precise: true);
        await ConnectAsync(clients);
        var held = GC.GetTotalAllocatedBytes(precise: true);
        await AskAgainAsync();
        var asked = GC.GetTotalAllocatedBytes(precise: true);

        output.WriteLine($"a connection that is held: {(held - before) / Connections} bytes, a request that comes back: {(asked - held) / Connections}");
        Assert.InRange((held - before) / Connections, 1, MostOfAConnection);
        Assert.InRange((asked - held) / Connections, 1, MostOfARequest);
        clients.ForEach(static client => client.Dispose());
    }

    private async Task ConnectAsync(List<Socket> clients)
    {
        _held.Clear();
        for (var i = 0; i < Connections; i++)
        {
            var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            clients.Add(client);
            // In calls that allocate nothing.
            client.Connect(_server.Address);
            client.Send(Request);
            await StartedAsync();
        }
    }

    private async Task AskAgainAsync()
    {
        foreach (var held in _held.ToList())
        {
            held.AskAgain();
            await StartedAsync();
        }

        _held.RemoveRange(0, Connections);
    }

    private async Task StartedAsync() => Assert.True(await _started.WaitAsync(ClientServer.Patience));

    private Task HoldAsync(HttpContext context)
    {
        var handOver = context.Features.GetRequiredFeature<IConnectionHandOver>();
        handOver.TakeReplay();
        var held = new Held(_started);
        _held.Add(held);
        handOver.Take(held);
        return Task.CompletedTask;
    }

    private sealed class Again : RequestReplay
    {
        public static Again Instance { get; } = new();

        public override ReadOnlyMemory<byte> Head => Request;

        public override void Abandon()
        {
        }
    }

    private sealed class Held(SemaphoreSlim started) : IParkedRequest
    {
        private readonly TaskCompletionSource<AfterHold> _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void AskAgain() => _end.TrySetResult(AfterHold.Again(Again.Instance));

        public Task<AfterHold> RunAsync(PipeWriter output, CancellationToken clientGone)
        {
            started.Release();
            return _end.Task;
        }
    }
}
