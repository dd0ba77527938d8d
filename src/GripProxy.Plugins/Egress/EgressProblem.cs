namespace GripProxy.Plugins.Egress;

/// <summary>Why a request to the outside has no answer.</summary>
internal enum EgressProblem
{
    /// <summary>A rule refused it.</summary>
    Blocked,

    /// <summary>The name leads nowhere, or nobody answered, or the connection broke.</summary>
    Unreachable,

    /// <summary>It took too long.</summary>
    TimedOut,

    /// <summary>The body of the request or of the answer is too large.</summary>
    TooLarge,

    /// <summary>Too many redirects, of this request or to this host within a minute.</summary>
    TooManyRedirects,

    /// <summary>A redirect where none is wanted.</summary>
    Redirected,

    /// <summary>The request cannot be sent as it is.</summary>
    BadRequest,
}
