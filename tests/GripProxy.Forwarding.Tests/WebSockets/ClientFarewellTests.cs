using GripProxy.Channels.Timing;
using GripProxy.Forwarding.WebSockets;
using GripProxy.Testing;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace GripProxy.Forwarding.Tests.WebSockets;

public sealed class ClientFarewellTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly ManualTime _time = new();
    private readonly TimerWheel _wheel;
    private readonly Connection _connection = new();
    private readonly DefaultHttpContext _context = new();

    public ClientFarewellTests()
    {
        _wheel = new TimerWheel(_time);
        _context.Features.Set<IConnectionLifetimeFeature>(_connection);
        _context.Features.Set<IHttpRequestLifetimeFeature>(_connection);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void End_ClientDoesNotTakeWhatIsLeft_LosesItsConnection(bool cut)
    {
        new ClientFarewell(_wheel).End(_context, cut);
        Assert.Empty(_connection.Ends);

        _time.Advance(Patience + TimerWheel.Tick + TimerWheel.Tick);

        Assert.Equal(["connection"], _connection.Ends);
    }

    [Fact]
    public void End_ConnectionEndsByItself_NothingIsDone()
    {
        new ClientFarewell(_wheel).End(_context, isCut: true);
        _connection.Close();

        _time.Advance(Patience * 2);

        Assert.Empty(_connection.Ends);
    }

    [Theory]
    [InlineData(true, "request")]
    [InlineData(false, null)]
    public void End_OverHttp2_OnlyACutStreamIsReset(bool cut, string? end)
    {
        _context.Features.Set<IHttpResetFeature>(_connection);

        new ClientFarewell(_wheel).End(_context, cut);
        _time.Advance(Patience * 2);

        Assert.Equal(end, _connection.Ends.SingleOrDefault());
    }

    public void Dispose()
    {
        _wheel.Dispose();
        _connection.Dispose();
    }

    /// <summary>A connection, and a request on it, that remember who was ended.</summary>
    private sealed class Connection : IConnectionLifetimeFeature, IHttpRequestLifetimeFeature, IHttpResetFeature, IDisposable
    {
        private readonly CancellationTokenSource _closed = new();

        public List<string> Ends { get; } = [];

        public CancellationToken ConnectionClosed
        {
            get => _closed.Token;
            set => throw new NotSupportedException();
        }

        public CancellationToken RequestAborted { get; set; }

        public void Close() => _closed.Cancel();

        public void Reset(int errorCode) => Ends.Add("reset");

        public void Dispose() => _closed.Dispose();

        void IConnectionLifetimeFeature.Abort() => Ends.Add("connection");

        void IHttpRequestLifetimeFeature.Abort() => Ends.Add("request");
    }
}
