using GripProxy.Protocol.Items;

namespace GripProxy.Control.Publish;

/// <summary>A publish as read: the items, or what is wrong with it. Immutable.</summary>
/// <param name="Items">All items in order; empty if there is a problem.</param>
/// <param name="Problem">Why nothing may be published, or null.</param>
internal readonly record struct PublishRequest(IReadOnlyList<Item> Items, PublishProblem? Problem)
{
    public static PublishRequest Refused(PublishProblem problem) => new([], problem);
}
