using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace GripProxy.Protocol.Items;

/// <summary>A list of RFC 6902 operations (HTTP-25). Immutable.</summary>
public sealed class JsonPatch
{
    /// <summary>
    /// Reads a <c>body-patch</c>. False if it is no list. A list with a malformed operation gives a patch that never applies, as its
    /// publisher was told before (HTTP-25).
    /// </summary>
    public static bool TryRead(JsonElement element, [NotNullWhen(true)] out JsonPatch? patch) =>
        throw new NotSupportedException("contract only");

    /// <summary>
    /// Applies the operations to <paramref name="json"/>. A final <c>\r\n</c> or <c>\n</c> is kept; object keys come out sorted.
    /// Null if the text is no JSON object or array, or an operation does not apply.
    /// </summary>
    public byte[]? Apply(ReadOnlySpan<byte> json) => throw new NotSupportedException("contract only");
}
