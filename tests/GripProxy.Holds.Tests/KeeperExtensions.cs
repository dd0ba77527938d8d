using System.IO.Pipelines;
using GripProxy.Channels.Outcomes;

namespace GripProxy.Holds.Tests;

/// <summary>What tests do with a keeper.</summary>
internal static class KeeperExtensions
{
    /// <summary>Decides where a stream begins and holds it, as one that others frame.</summary>
    public static async Task<CloseReason> HoldStreamAsync(this HoldKeeper keeper, HoldRequest request, PipeWriter output, CancellationToken clientGone) =>
        await keeper.HoldStreamAsync(request, await keeper.PlanAsync(request), output, writesChunks: false, clientGone);
}
