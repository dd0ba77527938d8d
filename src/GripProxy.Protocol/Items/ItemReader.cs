using System.Text.Json;

namespace GripProxy.Protocol.Items;

/// <summary>Reads published items from JSON (PUB-10 to PUB-14).</summary>
public static class ItemReader
{
    /// <summary>
    /// Reads one element of <c>items</c>. The result holds no reference to the JSON document. Never throws for any JSON value.
    /// </summary>
    /// <param name="item">The element.</param>
    /// <param name="limits">Limits on names.</param>
    public static ItemReadResult Read(JsonElement item, ItemLimits limits) => throw new NotSupportedException("contract only");
}
