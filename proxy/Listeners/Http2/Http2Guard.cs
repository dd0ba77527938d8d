using System.IO.Pipelines;
using GripProxy.Proxy.Diagnostics;
using GripProxy.Proxy.Listeners.Admission;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace GripProxy.Proxy.Listeners.Http2;

/// <summary>
/// Stands before the server's HTTP/2 and bounds floods that the server itself does not see as such: requests that are taken back as soon as they are made ("rapid
/// reset"), settings, pings and empty frames (own-config.md [limits]). A connection with more of them than a second may have is ended. Immutable.
/// </summary>
internal sealed partial class Http2Guard(ClientListenerOptions options, ListenerMetrics metrics, TimeProvider time, ILogger<Http2Guard> logger)
{
    /// <summary>The server's HTTP, where every connection speaks HTTP/2.</summary>
    public ConnectionDelegate Before(ConnectionDelegate http2) => async connection =>
    {
        var transport = connection.Transport;
        var peer = connection.RemoteEndPoint;
        connection.Transport = new Guarded(transport, new FrameCounter(options, time), reason =>
        {
            metrics.Refused(reason);
            Log.Flooded(logger, peer, RefusalWord.Of(reason));
        });
        try
        {
            await http2(connection);
        }
        finally
        {
            connection.Transport = transport;
        }
    };

    private sealed class Guarded(IDuplexPipe inner, FrameCounter counter, Action<RefusalReason> refused) : IDuplexPipe
    {
        public PipeReader Input { get; } = new CountedInput(inner.Input, counter, refused);

        public PipeWriter Output => inner.Output;
    }
}
