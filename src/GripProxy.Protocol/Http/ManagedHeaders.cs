namespace GripProxy.Protocol.Http;

/// <summary>Headers that belong to one connection or to the framing of one message, so that neither origin nor publisher sets them.</summary>
internal static class ManagedHeaders
{
    /// <summary>True for <c>Connection</c>, <c>Keep-Alive</c>, <c>Transfer-Encoding</c> and <c>Content-Length</c>.</summary>
    public static bool Contains(string name) =>
        name.Equals("Connection", StringComparison.OrdinalIgnoreCase)
        || name.Equals("Keep-Alive", StringComparison.OrdinalIgnoreCase)
        || name.Equals("Transfer-Encoding", StringComparison.OrdinalIgnoreCase)
        || name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase);
}
