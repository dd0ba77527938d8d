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

    /// <summary>The body of a request is longer than it may be (<c>body</c>).</summary>
    Body,

    /// <summary>The body of a request comes too slowly (<c>body_rate</c>).</summary>
    BodyRate,

    /// <summary>A client takes its answer too slowly (<c>answer_rate</c>).</summary>
    AnswerRate,

    /// <summary>An HTTP/2 client takes too many requests back (<c>h2_resets</c>).</summary>
    Http2Resets,

    /// <summary>An HTTP/2 client sends too many frames that ask for nothing (<c>h2_control</c>).</summary>
    Http2Control,
}
