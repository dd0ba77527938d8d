namespace GripProxy.Proxy.Listeners.Admission;

/// <summary>Why a connection was refused (own-config.md [limits]). <see cref="RefusalWord"/> has the words for log and metric.</summary>
internal enum RefusalReason
{
    /// <summary>It was not refused.</summary>
    None,

    /// <summary>Its address has as many open connections as it may.</summary>
    ConnectionsPerAddress,

    /// <summary>Its address has opened as many connections in a second as it may.</summary>
    ConnectionRate,

    /// <summary>The head of a request took too long (<c>head_timeout</c>).</summary>
    HeadTimeout,

    /// <summary>A request has too many headers (<c>headers</c>).</summary>
    Headers,

    /// <summary>The head of a request is too large (<c>client_buffer_size</c>).</summary>
    HeadTooLarge,

    /// <summary>A request is no HTTP, or means two things.</summary>
    BadRequest,
}
