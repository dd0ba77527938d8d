using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using System.Text;
using GripProxy.Proxy.Listeners.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.Extensions.Logging.Abstractions;

namespace GripProxy.Proxy.Tests.Listeners.Sockets;

/// <summary>Both ends of one connection: ours, and a client that misbehaves.</summary>
public sealed class SocketConnectionTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    // More than all buffers between the two ends take.
    private static readonly byte[] Much = MakeMuch();

    private readonly CountingPool _blocks = new();
    private readonly Socket _client = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private SocketListener _listener = null!; // Both are set before any test runs.
    private ConnectionContext _connection = null!;

    private PipeReader Input => _connection.Transport.Input;

    private PipeWriter Output => _connection.Transport.Output;

    public async Task InitializeAsync()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener = new SocketListener(new ListenSocket(socket, IsShared: false), _blocks, new FileShortage(null, TimeProvider.System, NullLogger<FileShortage>.Instance),
            TimeProvider.System, NullLogger<ListenAgain>.Instance);
        var accept = _listener.AcceptAsync();
        await _client.ConnectAsync(_listener.EndPoint);
        _connection = (await accept)!; // Nobody unbinds it.
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _connection.DisposeAsync().AsTask().WaitAsync(Patience);
        await _listener.DisposeAsync();
        Assert.Equal(0, _blocks.Rented);
    }

    [Fact]
    public async Task Silent_AfterBothHaveSpoken_HasNoBlock()
    {
        await _client.SendAsync("ping"u8.ToArray());
        Assert.Equal("ping", await ReadTextAsync(4));
        Output.Write("po"u8);
        await Output.WriteAsync("ng"u8.ToArray());
        await ReceiveAsync(4);

        Assert.Equal(0, _blocks.Rented);
    }

    [Fact]
    public async Task LocalEndPoint_AskedForWhenTheConnectionIsCut_IsUnknown()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Any, 0));
        await using var listener = new SocketListener(new ListenSocket(socket, IsShared: false), _blocks, new FileShortage(null, TimeProvider.System, NullLogger<FileShortage>.Instance),
            TimeProvider.System, NullLogger<ListenAgain>.Instance);
        var accept = listener.AcceptAsync();
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(IPAddress.Loopback, ((IPEndPoint)listener.EndPoint).Port);
        await using var connection = (await accept)!; // Nobody unbinds it.

        connection.Abort();

        Assert.Null(connection.LocalEndPoint);
    }

    [Fact]
    public void Accepted_OverTcp_SendsWithoutDelay() =>
        Assert.True(_connection.Features.Get<IConnectionSocketFeature>()!.Socket.NoDelay); // Every connection of ours has it.

    [Fact]
    public async Task Flush_ClientReadsNothing_WaitsUntilItReads()
    {
        var flush = Output.WriteAsync(Much).AsTask();
        Assert.False(flush.IsCompleted);

        Assert.Equal(Much, await ReceiveAsync(Much.Length));

        Assert.False((await flush.WaitAsync(Patience)).IsCompleted);
    }

    [Fact]
    public async Task CancelPendingFlush_ClientReadsNothing_LetsTheWriterGo_AndLosesNothing()
    {
        var flush = Output.WriteAsync(Much).AsTask();
        Output.CancelPendingFlush();
        Assert.True((await flush.WaitAsync(Patience)).IsCanceled);

        var next = Output.WriteAsync("end"u8.ToArray()).AsTask();
        var all = await ReceiveAsync(Much.Length + 3);

        Assert.Equal("end", Encoding.ASCII.GetString(all, Much.Length, 3));
        Assert.False((await next.WaitAsync(Patience)).IsCanceled);
    }

    [Fact]
    public async Task Complete_WhileBytesWait_SendsThemBeforeTheEnd()
    {
        var flush = Output.WriteAsync(Much).AsTask();
        await Output.CompleteAsync();

        Assert.Equal(Much, await ReceiveAsync(Much.Length));
        Assert.Equal(0, await _client.ReceiveAsync(new byte[1]).WaitAsync(Patience));
        await flush.WaitAsync(Patience);
    }

    [Fact]
    public async Task Abort_WhileBytesWait_ResetsTheClientAndLetsTheWriterGo()
    {
        var flush = Output.WriteAsync(Much).AsTask();
        var closed = ClosedAsync();
        _connection.Abort();

        Assert.True((await flush.WaitAsync(Patience)).IsCompleted);
        await closed.WaitAsync(Patience);
        await Assert.ThrowsAsync<ConnectionAbortedException>(async () => await Input.ReadAsync());
        await Assert.ThrowsAsync<SocketException>(() => ReceiveAsync(Much.Length));
    }

    [Fact]
    public async Task Read_ClientEndsItsSending_GivesWhatCameThenTheEnd_AndTheAnswerStillGoes()
    {
        var closed = ClosedAsync();
        await _client.SendAsync("last words"u8.ToArray());
        _client.Shutdown(SocketShutdown.Send);

        Assert.Equal("last words", await ReadTextAsync(10));
        Assert.True((await Input.ReadAsync().AsTask().WaitAsync(Patience)).IsCompleted);
        await closed.WaitAsync(Patience);
        await Output.WriteAsync("answer"u8.ToArray());
        Assert.Equal("answer"u8.ToArray(), await ReceiveAsync(6));
    }

    [Fact]
    public async Task Reset_WhileNobodyReads_IsNoticed()
    {
        var closed = ClosedAsync();
        _client.Close(0);

        await closed.WaitAsync(Patience);
        await Assert.ThrowsAsync<ConnectionResetException>(async () => await Input.ReadAsync());
        Assert.True((await Output.WriteAsync("x"u8.ToArray()).AsTask().WaitAsync(Patience)).IsCompleted);
    }

    [Fact]
    public async Task Sending_FasterThanItIsRead_IsHeldBack_AndArrivesWhole()
    {
        var sending = SendAsync(Much);
        Assert.False(sending.IsCompleted);

        var received = new MemoryStream();
        while (received.Length < Much.Length)
        {
            var read = await Input.ReadAsync().AsTask().WaitAsync(Patience);
            foreach (var piece in read.Buffer)
                received.Write(piece.Span);
            Input.AdvanceTo(read.Buffer.End);
        }

        Assert.Equal(Much, received.ToArray());
        await sending.WaitAsync(Patience);
    }

    [Fact]
    public async Task Read_CanceledEitherWay_ReadsOnAfterwards()
    {
        var first = Input.ReadAsync().AsTask();
        Input.CancelPendingRead();
        Assert.True((await first.WaitAsync(Patience)).IsCanceled);

        using var cancellation = new CancellationTokenSource();
        var second = Input.ReadAsync(cancellation.Token).AsTask();
        await cancellation.CancelAsync();
        await Assert.ThrowsAsync<OperationCanceledException>(() => second.WaitAsync(Patience));

        await _client.SendAsync("there"u8.ToArray());
        Assert.Equal("there", await ReadTextAsync(5));
    }

    [Fact]
    public async Task Read_ExaminedButNotConsumed_WaitsForMore()
    {
        await _client.SendAsync("half"u8.ToArray());
        var half = await Input.ReadAtLeastAsync(4).AsTask().WaitAsync(Patience);
        Input.AdvanceTo(half.Buffer.Start, half.Buffer.End);
        var whole = Input.ReadAsync().AsTask();
        Assert.False(whole.IsCompleted);

        await _client.SendAsync(" and half"u8.ToArray());

        Assert.Equal("half and half", Encoding.ASCII.GetString((await whole.WaitAsync(Patience)).Buffer.ToArray()));
        Input.AdvanceTo((await whole).Buffer.End);
    }

    private static byte[] MakeMuch()
    {
        var much = new byte[32 << 20];
        for (var i = 0; i < much.Length; i++)
            much[i] = (byte)(i * 31 >> 3);
        return much;
    }

    private Task ClosedAsync()
    {
        var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _connection.ConnectionClosed.Register(closed.SetResult);
        return closed.Task;
    }

    private async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
            bytes = bytes[await _client.SendAsync(bytes)..];
    }

    private async Task<byte[]> ReceiveAsync(int count)
    {
        var bytes = new byte[count];
        for (var at = 0; at < count;)
        {
            var more = await _client.ReceiveAsync(bytes.AsMemory(at)).AsTask().WaitAsync(Patience);
            Assert.NotEqual(0, more);
            at += more;
        }

        return bytes;
    }

    private async Task<string> ReadTextAsync(int count)
    {
        var read = await Input.ReadAtLeastAsync(count).AsTask().WaitAsync(Patience);
        var text = Encoding.ASCII.GetString(read.Buffer.ToArray());
        Input.AdvanceTo(read.Buffer.End);
        return text;
    }
}
