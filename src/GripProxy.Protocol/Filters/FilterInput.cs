namespace GripProxy.Protocol.Filters;

/// <summary>Everything that the filters of one delivery look at, its content aside (FLT-02). Immutable.</summary>
/// <param name="Subject">The connection.</param>
/// <param name="PublishMeta">Meta of the item.</param>
/// <param name="PrevIds">
/// Current prev-id by channel name, without prefix, as it is before the item; a channel that takes everything has none.
/// Empty where <see cref="FilterChain.NeedsPrevIds"/> says that nobody asks.
/// </param>
public readonly record struct FilterInput(
    FilterSubject Subject, IReadOnlyDictionary<string, string> PublishMeta, IReadOnlyDictionary<string, string> PrevIds);
