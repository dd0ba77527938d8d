namespace GripProxy.Holds.Links;

/// <summary>Why there was no answer to a <see cref="LinkRequest"/> (FLT-08).</summary>
public enum LinkFailure
{
    /// <summary>There was one, or nobody knows why not.</summary>
    None,

    /// <summary>No target took the connection.</summary>
    ConnectionRefused,

    /// <summary>No target answered the attempt to connect.</summary>
    ConnectionTimedOut,

    /// <summary>TLS could not be agreed on.</summary>
    Tls,

    /// <summary>The connection broke before the answer.</summary>
    Disconnected,

    /// <summary>The answer took too long.</summary>
    RequestTimedOut,
}
