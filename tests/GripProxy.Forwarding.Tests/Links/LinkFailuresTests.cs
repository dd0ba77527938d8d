using System.Net.Sockets;
using GripProxy.Forwarding.Links;
using GripProxy.Holds.Links;

namespace GripProxy.Forwarding.Tests.Links;

public sealed class LinkFailuresTests
{
    public static TheoryData<Exception, LinkFailure> Failures => new()
    {
        { Http(HttpRequestError.ConnectionError, new SocketException((int)SocketError.ConnectionRefused)), LinkFailure.ConnectionRefused },
        { Http(HttpRequestError.ConnectionError, new SocketException((int)SocketError.TimedOut)), LinkFailure.ConnectionTimedOut },
        { Http(HttpRequestError.ConnectionError, new SocketException((int)SocketError.HostUnreachable)), LinkFailure.None },
        { Http(HttpRequestError.NameResolutionError), LinkFailure.None },
        { Http(HttpRequestError.SecureConnectionError), LinkFailure.Tls },
        { Http(HttpRequestError.ResponseEnded), LinkFailure.Disconnected },
        { new IOException(), LinkFailure.Disconnected },
        { new TaskCanceledException("connect", new TimeoutException()), LinkFailure.ConnectionTimedOut },
        { new OperationCanceledException(), LinkFailure.RequestTimedOut },
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public void Of_Exception_SaysWhatBroke(Exception exception, LinkFailure expected) => Assert.Equal(expected, LinkFailures.Of(exception));

    private static HttpRequestException Http(HttpRequestError error, Exception? cause = null) => new(error, "x", cause);
}
