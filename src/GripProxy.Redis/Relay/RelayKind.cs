namespace GripProxy.Redis.Relay;

/// <summary>What a node tells a partition.</summary>
internal enum RelayKind
{
    /// <summary>An item was published.</summary>
    Append,

    /// <summary>Somebody holds a channel here.</summary>
    Join,

    /// <summary>Nobody does any more.</summary>
    Leave,

    /// <summary>This node knows now that it is not alone.</summary>
    Confirm,

    /// <summary>An item has waited long enough.</summary>
    Release,

    /// <summary>Something for one other node.</summary>
    Message,

    /// <summary>Items of a channel were lost here before Redis got them.</summary>
    Lost,
}
