using System.IO.Pipelines;
using GripProxy.Channels.Timing;
using GripProxy.Forwarding.WebSockets;
using GripProxy.Testing;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace GripProxy.Forwarding.Tests.WebSockets;

public sealed class ClientOutputTests : IDisposable
{
    private static readonly MinDataRate Rate = new(bytesPerSecond: 10, gracePeriod: TimeSpan.FromSeconds(5));

    private readonly ManualTime _time = new();
    private readonly TimerWheel _wheel;
    private readonly Connection _connection = new();

    public ClientOutputTests() => _wheel = new TimerWheel(_time);

    [Theory]
    [InlineData(1, 5)]
    [InlineData(100, 10)]
    public async Task Write_ClientTakesNothing_IsCutAfterItsTime(int bytes, int seconds)
    {
        var write = new ClientOutput(_connection, Rate, _wheel).WriteAsync(new byte[bytes], CancellationToken.None).AsTask();

        _time.Advance(TimeSpan.FromSeconds(seconds));
        Assert.Empty(_connection.Cuts);
        _time.Advance(TimerWheel.Tick * 2);

        Assert.Contains("minimum data rate", Assert.Single(_connection.Cuts), StringComparison.Ordinal);
        await _connection.TakeAsync();
        await write;
    }

    [Fact]
    public async Task Write_ClientTakesItInTime_IsNotCut()
    {
        var write = new ClientOutput(_connection, Rate, _wheel).WriteAsync(new byte[100], CancellationToken.None).AsTask();
        _time.Advance(TimeSpan.FromSeconds(9));

        await _connection.TakeAsync();
        await write;
        _time.Advance(TimeSpan.FromMinutes(1));

        Assert.Empty(_connection.Cuts);
    }

    [Fact]
    public async Task Write_NoRate_WaitsForAsLongAsTheClientLikes()
    {
        var write = new ClientOutput(_connection, rate: null, _wheel).WriteAsync(new byte[100], CancellationToken.None).AsTask();

        _time.Advance(TimeSpan.FromHours(1));

        Assert.Empty(_connection.Cuts);
        await _connection.TakeAsync();
        await write;
    }

    [Fact]
    public async Task Of_ConnectionOfItsOwn_HasItsRate()
    {
        var write = ClientOutput.Of(_connection.Features, _wheel)!.WriteAsync(new byte[100], CancellationToken.None).AsTask(); // Asserted by what follows.
        _time.Advance(TimeSpan.FromMinutes(1));

        Assert.Single(_connection.Cuts);
        await _connection.TakeAsync();
        await write;
    }

    [Fact]
    public void Of_StreamOfHttp2_IsNone()
    {
        _connection.Features.Set<IHttpResetFeature>(_connection);

        Assert.Null(ClientOutput.Of(_connection.Features, _wheel));
    }

    public void Dispose() => _wheel.Dispose();

    /// <summary>A connection whose client takes nothing by itself, and that remembers why it was cut.</summary>
    private sealed class Connection : DefaultConnectionContext, IDuplexPipe, IHttpMinResponseDataRateFeature, IHttpResetFeature
    {
        private readonly Pipe _toClient = new(new PipeOptions(pauseWriterThreshold: 1, resumeWriterThreshold: 1, useSynchronizationContext: false));

        public Connection()
        {
            Transport = this;
            Features.Set<IHttpMinResponseDataRateFeature>(this);
        }

        public List<string> Cuts { get; } = [];

        public PipeReader Input => throw new NotSupportedException();

        public PipeWriter Output => _toClient.Writer;

        public MinDataRate? MinDataRate { get => Rate; set => throw new NotSupportedException(); }

        public async Task TakeAsync()
        {
            var all = await _toClient.Reader.ReadAsync();
            _toClient.Reader.AdvanceTo(all.Buffer.End);
        }

        public override void Abort(ConnectionAbortedException abortReason) => Cuts.Add(abortReason.Message);

        public void Reset(int errorCode) => throw new NotSupportedException();
    }
}
