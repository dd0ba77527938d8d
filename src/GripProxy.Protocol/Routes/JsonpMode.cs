namespace GripProxy.Protocol.Routes;

/// <summary>Shape of a JSON-P answer (HTTP-40).</summary>
public enum JsonpMode
{
    /// <summary>Code, reason, headers and body in one object.</summary>
    Extended,

    /// <summary>The origin's body as it is.</summary>
    Basic,
}
