namespace GripProxy.Protocol.Instructs;

/// <summary>Why a channel of an instruct is refused; each form has its own words for it.</summary>
internal enum ChannelProblem
{
    /// <summary>It is fine.</summary>
    None,

    /// <summary>The name is too long or holds control characters (DIF-82).</summary>
    Name,

    /// <summary>The prev-id holds control characters (DIF-82).</summary>
    PrevId,

    /// <summary>More than five filters (DIF-04).</summary>
    TooManyFilters,
}
