using System.Buffers;
using System.IO.Pipelines;
using GripProxy.Forwarding.HandOver;
using GripProxy.Proxy.Listeners;
using GripProxy.Proxy.Listeners.HandOver;
using GripProxy.Testing;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace GripProxy.Proxy.Tests.Listeners.HandOver;

/// <summary>Connections that begin where they are accepted, without the books of the server.</summary>
public sealed class DirectConnectionTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Connection_IsKnownToTheServer_OnlyWhereItsProtocolIsNotYetCertain(bool withPriorKnowledge)
    {
        var options = new ClientListenerOptions { Listen = [ClientServer.AnyPort], Http2PriorKnowledge = withPriorKnowledge };
        await using var server = await ClientServer.StartAsync(options, context =>
        {
            var connection = Layer(context).Connection!; // Its request is here.
            return context.Response.WriteAsync(connection.Features.Get<IConnectionLifetimeNotificationFeature>() is null ? "direct" : "known");
        });
        using var client = ClientServer.Client(server.Address);

        Assert.Equal(withPriorKnowledge ? "known" : "direct", await client.GetStringAsync($"http://{server.Address}/"));
    }

    [Fact]
    public async Task Server_Stopped_WaitsForARequest_AndCutsItWhenItIsTold()
    {
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var aborted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await ClientServer.StartAsync(new ClientListenerOptions { Listen = [ClientServer.AnyPort] }, async context =>
        {
            await using var end = context.RequestAborted.Register(aborted.SetResult);
            begun.SetResult();
            await aborted.Task;
        });
        await using var client = new AnswerReader(await ClientServer.ConnectAsync(server.Address));
        await client.SendAsync(HoldingServer.Get("/", "one"));
        await begun.Task.WaitAsync(ClientServer.Patience);
        using var cut = new CancellationTokenSource();

        var stopped = server.StopAsync(cut.Token);
        Assert.False(stopped.IsCompleted || aborted.Task.IsCompleted);
        await cut.CancelAsync();

        await aborted.Task.WaitAsync(ClientServer.Patience);
        await stopped.WaitAsync(ClientServer.Patience);
        Assert.Equal("", await client.ReadAsync());
    }

    [Fact]
    public async Task Server_PutAwayWithoutAStop_CutsARequest_AndIsGoneAfterIt()
    {
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var isOver = false;
        await using var server = await ClientServer.StartAsync(new ClientListenerOptions { Listen = [ClientServer.AnyPort] }, async context =>
        {
            var aborted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await using var end = context.RequestAborted.Register(aborted.SetResult);
            begun.SetResult();
            await aborted.Task;
            Volatile.Write(ref isOver, true);
        });
        await using var client = new AnswerReader(await ClientServer.ConnectAsync(server.Address));
        await client.SendAsync(HoldingServer.Get("/", "one"));
        await begun.Task.WaitAsync(ClientServer.Patience);

        await server.PutAwayAsync();

        Assert.True(Volatile.Read(ref isOver));
    }

    [Fact]
    public async Task Connection_ThatFails_IsClosed_AndTheNextIsServed()
    {
        await using var server = await ClientServer.StartAsync(new ClientListenerOptions { Listen = [ClientServer.AnyPort] }, context =>
        {
            if (context.Request.Path != "/fails")
                return context.Response.WriteAsync("served");
            Layer(context).Take(new Failing());
            return Task.CompletedTask;
        });
        await using var failing = new AnswerReader(await ClientServer.ConnectAsync(server.Address));
        await failing.SendAsync(HoldingServer.Get("/fails", "one"));
        using var client = ClientServer.Client(server.Address);

        Assert.Equal("", await failing.ReadAsync());
        Assert.Equal("served", await client.GetStringAsync($"http://{server.Address}/"));
        await server.StopAsync().WaitAsync(ClientServer.Patience);
    }

    [Fact]
    public async Task Connection_ThatCannotBeClosed_IsTold_AndNobodyWaitsForIt()
    {
        using var log = new LogRecorder();
        using var handOver = new ConnectionHandOver(TimeSpan.FromMinutes(1), TimeProvider.System, new Logger<ConnectionHandOver>(log));

        handOver.Serve(new Unclosable(), handOver.Open(static _ => Task.CompletedTask, new FeatureCollection()));
        await handOver.EndAsync(CancellationToken.None).WaitAsync(ClientServer.Patience);

        Assert.Equal($"Error: connection {nameof(Unclosable)} failed", Assert.Single(log.Lines));
    }

    [Fact]
    public async Task Crowd_IsServed_HoweverManyAreAcceptedAtAStretch()
    {
        await using var server = await ClientServer.StartAsync(
            new ClientListenerOptions { Listen = [ClientServer.AnyPort] }, static context => context.Response.WriteAsync("served"));
        using var client = ClientServer.Client(server.Address);

        var answers = await Task.WhenAll(Enumerable.Range(0, 300).Select(_ => client.GetStringAsync($"http://{server.Address}/")));

        Assert.All(answers, static answer => Assert.Equal("served", answer));
    }

    private static HttpLayer Layer(HttpContext context) => (HttpLayer)context.Features.GetRequiredFeature<IConnectionHandOver>();

    private sealed class Failing : IParkedRequest
    {
        public Task<AfterHold> RunAsync(PipeWriter output, CancellationToken clientGone) =>
            Task.FromException<AfterHold>(new InvalidOperationException("a fault of ours"));
    }

    /// <summary>Its client has ended what it sends.</summary>
    private sealed class Unclosable() : DefaultConnectionContext(nameof(Unclosable)), IDuplexPipe
    {
        public override IDuplexPipe Transport { get => this; set => throw new NotSupportedException(); }

        PipeReader IDuplexPipe.Input { get; } = PipeReader.Create(ReadOnlySequence<byte>.Empty);

        PipeWriter IDuplexPipe.Output { get; } = PipeWriter.Create(Stream.Null);

        public override async ValueTask DisposeAsync()
        {
            await base.DisposeAsync();
            throw new InvalidOperationException("a fault of ours");
        }
    }
}
