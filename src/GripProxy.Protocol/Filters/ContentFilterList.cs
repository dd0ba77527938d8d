namespace GripProxy.Protocol.Filters;

/// <summary>Compares what an item says about the filters of its content with what a subscription has (FLT-05). Stateless.</summary>
public static class ContentFilterList
{
    /// <summary>True if the item says nothing, or names exactly the content filters of the subscription, in order.</summary>
    /// <param name="chain">The subscription's filters, or null.</param>
    /// <param name="named">The item's <c>content-filters</c>, or null.</param>
    public static bool Fits(FilterChain? chain, IReadOnlyList<string>? named)
    {
        if (named is null)
            return true;
        var own = Of(chain);
        if (named.Count != own.Count)
            return false;
        for (var i = 0; i < own.Count; i++)
        {
            if (own[i] != named[i])
                return false;
        }

        return true;
    }

    /// <summary>What debug mode tells the client about a difference.</summary>
    public static string DescribeMismatch(FilterChain? chain, IReadOnlyList<string> named) =>
        $"content filter mismatch: subscription={string.Join(',', Of(chain))} message={string.Join(',', named)}";

    private static IReadOnlyList<string> Of(FilterChain? chain) => chain?.ContentFilters ?? [];
}
