using GripProxy.Forwarding.Http;

namespace GripProxy.Forwarding.Diagnostics;

/// <summary>The words of requests to origins, equal in metrics and spans, and what stands for which.</summary>
internal static class OriginWords
{
    private const int FirstServerError = 500;

    /// <summary>The word of a kind, such as <c>woh</c>.</summary>
    public static string Word(this OriginRequestKind kind) => kind switch
    {
        OriginRequestKind.Request => "request",
        OriginRequestKind.Retry => "retry",
        OriginRequestKind.Next => "next",
        OriginRequestKind.Gone => "gone",
        OriginRequestKind.WebSocketOverHttp => "woh",
        OriginRequestKind.Filter => "filter",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, message: null),
    };

    /// <summary>The word of an outcome, such as <c>unreachable</c>.</summary>
    public static string Word(this OriginOutcome outcome) => outcome switch
    {
        OriginOutcome.Ok => "ok",
        OriginOutcome.Error => "error",
        OriginOutcome.Unreachable => "unreachable",
        OriginOutcome.Timeout => "timeout",
        _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, message: null),
    };

    /// <summary>The outcome of an answer with this status.</summary>
    public static OriginOutcome OfStatus(int status) => status < FirstServerError ? OriginOutcome.Ok : OriginOutcome.Error;

    /// <summary>The outcome of a request that the HTTP client gave up with this exception, although the client is still there.</summary>
    public static OriginOutcome Of(Exception exception) => exception switch
    {
        OperationCanceledException { InnerException: TimeoutException } => OriginOutcome.Unreachable, // Of the attempt to connect.
        OperationCanceledException => OriginOutcome.Timeout,
        _ when OriginFailure.IsUnreached(exception) || OriginFailure.IsBlocked(exception) => OriginOutcome.Unreachable,
        _ => OriginOutcome.Error,
    };
}
