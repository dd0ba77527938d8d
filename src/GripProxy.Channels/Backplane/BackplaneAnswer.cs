using System.Runtime.InteropServices;
using GripProxy.Protocol.Items;

namespace GripProxy.Channels.Backplane;

/// <summary>What is to be done with an item that was sent. Immutable.</summary>
/// <param name="Step">What.</param>
/// <param name="Item">The item to fan out: with its position if it stands in a log by now. The sent one if nothing is known yet.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct BackplaneAnswer(BackplaneStep Step, Item Item);
