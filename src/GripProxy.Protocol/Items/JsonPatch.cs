namespace GripProxy.Protocol.Items;

/// <summary>A list of RFC 6902 operations (HTTP-25). Immutable.</summary>
public sealed class JsonPatch
{
    /// <summary>
    /// Applies the operations to <paramref name="json"/>. A final <c>\r\n</c> or <c>\n</c> is kept; object keys come out sorted.
    /// Null if the text is no JSON object or array, or an operation does not apply.
    /// </summary>
    public byte[]? Apply(ReadOnlySpan<byte> json) => throw new NotSupportedException("contract only");
}
