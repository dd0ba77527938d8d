namespace GripProxy.Forwarding.Http;

/// <summary>How asking the origin ended.</summary>
internal enum ExchangeEnd
{
    /// <summary>Not yet.</summary>
    None,

    /// <summary>The answer was no GRIP answer and has been passed on.</summary>
    Relayed,

    /// <summary>The answer is an instruct; nothing was sent to the client.</summary>
    Instruct,

    /// <summary>The answer is an instruct whose long body has been passed on already (HTTP-16).</summary>
    BeginningRelayed,

    /// <summary>There is no answer to pass on; nothing was sent to the client.</summary>
    Failed,

    /// <summary>The answer broke off after its head was sent.</summary>
    Truncated,

    /// <summary>The client left.</summary>
    ClientGone,
}
