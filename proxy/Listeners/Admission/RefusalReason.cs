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
}
