namespace GripProxy.Protocol.Items;

/// <summary>Limits on what a publisher may write into an item (own-config, <c>[limits]</c>). Immutable.</summary>
public sealed record ItemLimits
{
    /// <summary>The defaults.</summary>
    public static ItemLimits Default { get; } = new();

    /// <summary>Longest channel name in UTF-8 bytes, 0 = any; <c>channel_name</c>. 1024 fits any sensible name and keeps tables small.</summary>
    public int MaxChannelNameBytes { get; init; } = 1024;
}
