using System.Net.Sockets;
using GripProxy.Holds.Links;

namespace GripProxy.Forwarding.Links;

/// <summary>Says in a hold's words why a link was not answered (FLT-08). Stateless.</summary>
internal static class LinkFailures
{
    /// <summary>The failure that an exception of the HTTP client stands for.</summary>
    public static LinkFailure Of(Exception exception) => exception switch
    {
        HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } => LinkFailure.Tls,
        HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } => LinkFailure.None,
        HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError } => OfConnect(exception.InnerException),
        HttpRequestException or IOException => LinkFailure.Disconnected,
        OperationCanceledException { InnerException: TimeoutException } => LinkFailure.ConnectionTimedOut,
        OperationCanceledException => LinkFailure.RequestTimedOut,
        _ => LinkFailure.None,
    };

    private static LinkFailure OfConnect(Exception? cause) => cause switch
    {
        SocketException { SocketErrorCode: SocketError.ConnectionRefused } => LinkFailure.ConnectionRefused,
        SocketException { SocketErrorCode: SocketError.TimedOut } => LinkFailure.ConnectionTimedOut,
        _ => LinkFailure.None,
    };
}
