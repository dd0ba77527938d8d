namespace GripProxy.Protocol.Filters;

/// <summary>What a filter works on (FLT-01).</summary>
[Flags]
public enum FilterTargets
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>It may drop an item.</summary>
    MessageDelivery = 1,

    /// <summary>It changes the content of an item.</summary>
    MessageContent = 2,

    /// <summary>It changes a body that the origin sends in answer to a request.</summary>
    ResponseContent = 4,
}
