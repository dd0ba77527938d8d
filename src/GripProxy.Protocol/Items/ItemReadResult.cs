namespace GripProxy.Protocol.Items;

/// <summary>What became of reading an item: exactly one of the two is there.</summary>
/// <param name="Item">The item, or null.</param>
/// <param name="Error">The item error of PUB-11 that says what is wrong, without line end, or null.</param>
public readonly record struct ItemReadResult(Item? Item, string? Error);
