namespace GripProxy.Channels.Backplane;

/// <summary>Which holds of a channel get an item (LOG-11).</summary>
public enum FanOutScope
{
    /// <summary>All.</summary>
    All,

    /// <summary>Only those that may go on elsewhere by position: the others have it already.</summary>
    WithPosition,

    /// <summary>Only those that carry no position: the others wait for the append.</summary>
    WithoutPosition,
}
