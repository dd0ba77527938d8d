using System.IO.Pipelines;
using GripProxy.Channels.Timing;
using GripProxy.Forwarding.WebSockets;
using GripProxy.Testing;
using Microsoft.AspNetCore.Connections;

namespace GripProxy.Forwarding.Tests.WebSockets;

public sealed class ClientStreamTests : IDisposable
{
    private readonly TimerWheel _wheel = new(new ManualTime());

    [Fact]
    public async Task Write_ConnectionIsItsOwn_GoesThereAndNotByTheServersStream()
    {
        var connection = new Pipe();
        await using var server = new MemoryStream();
        await using var client = new ClientStream(server, OutputTo(connection));
        var write = client.WriteAsync("hello"u8.ToArray());
        Assert.True(write.IsCompletedSuccessfully);
        await write;
        Assert.Equal("hello"u8.ToArray(), (await connection.Reader.ReadAsync()).Buffer.FirstSpan.ToArray());
        Assert.Equal(0, server.Length);
    }

    [Fact]
    public async Task Write_ConnectionIsShared_GoesByTheServersStream()
    {
        await using var server = new MemoryStream();
        await using var client = new ClientStream(server, output: null);
        await client.WriteAsync("hello"u8.ToArray());
        Assert.Equal("hello"u8.ToArray(), server.ToArray());
    }

    [Fact]
    public async Task Cut_WhileTheClientDoesNotRead_EndsTheWrite()
    {
        var connection = new Pipe(new PipeOptions(pauseWriterThreshold: 4, resumeWriterThreshold: 1));
        await using var client = new ClientStream(Stream.Null, OutputTo(connection));
        var write = client.WriteAsync("hello"u8.ToArray()).AsTask();
        Assert.False(write.IsCompleted);
        client.Cut();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => write);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await client.WriteAsync("more"u8.ToArray()));
    }

    public void Dispose() => _wheel.Dispose();

    private ClientOutput OutputTo(Pipe connection) => new(new DefaultConnectionContext { Transport = new Sides(connection) }, rate: null, _wheel);

    private sealed class Sides(Pipe pipe) : IDuplexPipe
    {
        public PipeReader Input => pipe.Reader;

        public PipeWriter Output => pipe.Writer;
    }
}
