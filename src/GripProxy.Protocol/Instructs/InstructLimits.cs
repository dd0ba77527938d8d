namespace GripProxy.Protocol.Instructs;

/// <summary>Limits on what an origin may write into an instruct (own-config, <c>[limits]</c>). Immutable.</summary>
public sealed record InstructLimits
{
    /// <summary>The defaults.</summary>
    public static InstructLimits Default { get; } = new();

    /// <summary>Longest channel name in UTF-8 bytes, 0 = any; <c>channel_name</c>. 1024 fits any sensible name and keeps tables small.</summary>
    public int MaxChannelNameBytes { get; init; } = 1024;

    /// <summary>Deepest nesting of a JSON instruct, 0 = any; <c>json_depth</c>. An instruct needs five levels.</summary>
    public int MaxJsonDepth { get; init; } = 64;
}
