namespace GripProxy.Control.Zmtp.Doors;

/// <summary>How a message was written (PUB-20), so that an answer can be written the same way.</summary>
internal enum MessageEncoding
{
    /// <summary>A bare tnetstring.</summary>
    Tnet,

    /// <summary><c>T</c> and a tnetstring.</summary>
    MarkedTnet,

    /// <summary><c>J</c> and a JSON object.</summary>
    Json,
}
