namespace GripProxy.Control.Http;

/// <summary>The two forms of a success answer (PUB-03).</summary>
internal enum ReplyFormat
{
    /// <summary><c>text/plain</c>.</summary>
    Text,

    /// <summary><c>application/json</c>.</summary>
    Json,
}
