using GripProxy.Forwarding.Answers;
using Yarp.ReverseProxy.Forwarder;

namespace GripProxy.Forwarding.Http;

/// <summary>What a failed attempt means (HTTP-09, HTTP-22). Immutable.</summary>
/// <param name="Error">What to tell the client.</param>
/// <param name="MayTryNext">Whether the next target may be tried: only where this one was not reached.</param>
internal readonly record struct OriginFailure(RequestError Error, bool MayTryNext)
{
    /// <summary>Reads the relay's error.</summary>
    /// <param name="error">Its kind.</param>
    /// <param name="exception">Its cause.</param>
    /// <param name="late">Whether the response timeout has passed.</param>
    public static OriginFailure Of(ForwarderError error, Exception? exception, bool late) => error switch
    {
        ForwarderError.RequestBodyClient => new(RequestError.InvalidBody, false),
        ForwarderError.RequestCanceled or ForwarderError.RequestBodyCanceled when late => new(RequestError.OriginTimeout, false),
        // The connect timeout; or silence before the head, which counts as one (HTTP-22).
        ForwarderError.RequestTimedOut => new(RequestError.OriginUnreachable, true),
        ForwarderError.Request when IsBlocked(exception) => new(RequestError.OriginBlocked, false),
        ForwarderError.Request => new(RequestError.OriginUnreachable, IsUnreached(exception)),
        _ => new(RequestError.OriginUnreachable, false),
    };

    /// <summary>Reads what the HTTP client threw before there was a head.</summary>
    /// <param name="exception">What it threw; the client's leaving is no failure of the origin.</param>
    /// <param name="late">Whether the response timeout has passed.</param>
    public static OriginFailure Of(Exception exception, bool late) => exception switch
    {
        OperationCanceledException when late => new(RequestError.OriginTimeout, false),
        OperationCanceledException => new(RequestError.OriginUnreachable, true),
        _ when IsBlocked(exception) => new(RequestError.OriginBlocked, false),
        _ => new(RequestError.OriginUnreachable, IsUnreached(exception)),
    };

    /// <summary>True if no connection to the target was made.</summary>
    public static bool IsUnreached(Exception? exception) => exception is HttpRequestException
    {
        HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError,
    };

    /// <summary>True if the policy <c>untrusted</c> forbade the connection (RTE-34).</summary>
    public static bool IsBlocked(Exception? exception)
    {
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            if (cause is OriginBlockedException)
                return true;
        }

        return false;
    }
}
