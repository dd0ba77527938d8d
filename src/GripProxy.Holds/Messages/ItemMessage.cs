using System.Runtime.InteropServices;
using GripProxy.Channels.Delivery;
using GripProxy.Protocol;

namespace GripProxy.Holds.Messages;

/// <summary>The message <c>item</c> (SIG-01). Immutable.</summary>
/// <param name="Channel">Name without route prefix.</param>
/// <param name="Id">Id of the item, or null.</param>
/// <param name="PrevId">Id of the item before, or null.</param>
/// <param name="Position">Where it stands in the log, or null: the channel has none.</param>
/// <param name="Format">Of which format it was made.</param>
/// <param name="Content">What was published.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct ItemMessage(
    string Channel, string? Id, string? PrevId, Position? Position, MessageFormat Format, ReadOnlyMemory<byte> Content);
