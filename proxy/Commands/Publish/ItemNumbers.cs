using System.Globalization;
using GripProxy.Protocol.Items;
using GripProxy.Protocol.Json;

namespace GripProxy.Proxy.Commands.Publish;

/// <summary>
/// Which items a refusal is about. A proxy answers a batch with the error of its first bad item (PUB-05) and no number, so they are looked at again
/// here. Stateless.
/// </summary>
internal static class ItemNumbers
{
    /// <summary>The number of the first bad item, or else the numbers of all.</summary>
    /// <param name="items">The batch, each item as JSON.</param>
    /// <param name="first">The number of its first item.</param>
    public static string Of(IReadOnlyList<ReadOnlyMemory<byte>> items, long first)
    {
        for (var i = 0; i < items.Count; i++)
        {
            using var json = ParsedJson.Parse(items[i], maxDepth: 0);
            if (ItemReader.Read(json.Root, ItemLimits.Default).Item is null)
                return string.Create(CultureInfo.InvariantCulture, $"item {first + i}");
        }

        return items.Count == 1
            ? string.Create(CultureInfo.InvariantCulture, $"item {first}")
            : string.Create(CultureInfo.InvariantCulture, $"one of the items {first} to {first + items.Count - 1}");
    }
}
