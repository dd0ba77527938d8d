namespace GripProxy.Forwarding.Headers;

/// <summary>What <c>set_x_forwarded_protocol</c> asks for (HTTP-07).</summary>
public enum ForwardedProtocolHeaders
{
    /// <summary>No header.</summary>
    None,

    /// <summary><c>X-Forwarded-Proto</c>.</summary>
    ProtoOnly,

    /// <summary><c>X-Forwarded-Proto</c> and <c>X-Forwarded-Protocol</c>.</summary>
    Both,
}
