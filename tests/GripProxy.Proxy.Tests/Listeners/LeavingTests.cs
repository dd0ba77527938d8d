using GripProxy.Proxy.Listeners;
using GripProxy.Proxy.Tests.Listeners.HandOver;
using Microsoft.AspNetCore.Http;

namespace GripProxy.Proxy.Tests.Listeners;

/// <summary>A server that stops without hurry.</summary>
public sealed class LeavingTests : IAsyncLifetime
{
    private const string Request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    private const string Last = "\r\nConnection: close\r\n";

    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Set before any test runs.
    private ClientServer _server = null!;
    private AnswerReader _client = null!;

    public async Task InitializeAsync()
    {
        _server = await ClientServer.StartAsync(new ClientListenerOptions { Listen = [ClientServer.AnyPort] }, async context =>
        {
            if (context.Request.Path == "/waits")
            {
                _begun.SetResult();
                await _released.Task;
            }

            context.Response.ContentLength = "served".Length;
            await context.Response.WriteAsync("served");
        });
        _client = new AnswerReader(await ClientServer.ConnectAsync(_server.Address));
        await _client.SendAsync(Request);
        Assert.Equal("served", await _client.ReadAsync());
        Assert.DoesNotContain(Last, _client.Head, StringComparison.Ordinal);
    }

    public async Task DisposeAsync()
    {
        await _client.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Request_OverAConnectionThatIsKept_IsAnswered_AndTheAnswerSaysThatItWasTheLast()
    {
        var left = _server.LeaveAsync();
        await _client.SendAsync(Request);

        Assert.Equal("served", await _client.ReadAsync());
        Assert.Contains(Last, _client.Head, StringComparison.Ordinal);
        Assert.Equal("", await _client.ReadAsync());
        await left.WaitAsync(ClientServer.Patience);
    }

    [Fact]
    public async Task Request_UnderWay_IsWaitedFor_LongerThanConnectionsWithoutOne()
    {
        await using var waiting = new AnswerReader(await ClientServer.ConnectAsync(_server.Address));
        await waiting.SendAsync(Request.Replace("/ ", "/waits ", StringComparison.Ordinal));
        await _begun.Task.WaitAsync(ClientServer.Patience);

        var left = _server.LeaveAsync();

        Assert.Equal("", await _client.ReadAsync());
        Assert.False(left.IsCompleted);
        _released.SetResult();
        Assert.Equal("served", await waiting.ReadAsync());
        await left.WaitAsync(ClientServer.Patience);
    }

    [Fact]
    public async Task Connection_ThatIsKeptWithoutARequest_Ends()
    {
        var left = _server.LeaveAsync();

        Assert.Equal("", await _client.ReadAsync());
        await left.WaitAsync(ClientServer.Patience);
    }
}
