namespace GripProxy.Protocol.Filters;

/// <summary>
/// The filters of one subscription, ready to run. The cheap ones, which only drop, run first, up to the first that asks the origin; the
/// rest may cost time or memory and runs where no lock is held. Immutable.
/// </summary>
public sealed class FilterChain
{
    private readonly FilterKind[] _drops;

    private FilterChain(IReadOnlyList<FilterKind> kinds)
    {
        var drops = new List<FilterKind>(kinds.Count);
        var rest = new List<FilterKind>(kinds.Count);
        var content = new List<string>(kinds.Count);
        foreach (var kind in kinds)
        {
            AsksOrigin |= kind is FilterKind.HttpCheck or FilterKind.HttpModify;
            // Behind one that asks, the order of drops shows: what is dropped earlier is not asked for.
            var isCheap = kind is FilterKind.SkipSelf or FilterKind.SkipUsers or FilterKind.RequireSub;
            (isCheap && !AsksOrigin ? drops : rest).Add(kind);
            if (FilterNames.TargetsOf(kind).HasFlag(FilterTargets.MessageContent))
                content.Add(FilterNames.Of(kind));
            NeedsPrevIds |= kind == FilterKind.BuildId;
        }

        NeedsPrevIds |= AsksOrigin;
        _drops = [.. drops];
        Rest = rest;
        ContentFilters = content;
    }

    /// <summary>Filters that run after those of <see cref="FindDrop"/>, in order. Empty: an item that is not dropped passes as it is.</summary>
    public IReadOnlyList<FilterKind> Rest { get; }

    /// <summary>Names of the filters that change content, in order (FLT-05).</summary>
    public IReadOnlyList<string> ContentFilters { get; }

    /// <summary>True if a filter of <see cref="Rest"/> looks at the prev-ids.</summary>
    public bool NeedsPrevIds { get; }

    /// <summary>True if a filter of <see cref="Rest"/> asks the origin (FLT-08).</summary>
    public bool AsksOrigin { get; }

    /// <summary>Makes the chain of the named filters. Unknown names are ignored; null if none is left.</summary>
    public static FilterChain? Of(IReadOnlyList<string> names)
    {
        var kinds = new List<FilterKind>(names.Count);
        foreach (var name in names)
        {
            if (FilterNames.Find(name) is { } kind)
                kinds.Add(kind);
        }

        return kinds.Count == 0 ? null : new FilterChain(kinds);
    }

    /// <summary>The first of the cheap filters that drops the item, or null. Allocates nothing.</summary>
    public FilterKind? FindDrop(FilterSubject subject, IReadOnlyDictionary<string, string> publishMeta)
    {
        foreach (var kind in _drops)
        {
            if (DeliveryRules.Drops(kind, subject, publishMeta))
                return kind;
        }

        return null;
    }

    /// <summary>Runs one filter of <see cref="Rest"/> that does not ask the origin. Not for the others.</summary>
    public static FilterOutcome Run(FilterKind kind, FilterInput input, ReadOnlyMemory<byte> content)
    {
        switch (kind)
        {
            case FilterKind.BuildId:
                var (buildId, error) = BuildIdFilter.ForMessage(input);
                return buildId is null ? FilterOutcome.Fail(error!) : buildId.Apply(content); // One of the two is there.
            case FilterKind.VarSubst:
                return new VarSubstFilter(input.Subject.Meta).Apply(content);
            case FilterKind.HttpCheck or FilterKind.HttpModify:
                throw new ArgumentOutOfRangeException(nameof(kind), kind, "asks the origin");
            default:
                return DeliveryRules.Drops(kind, input.Subject, input.PublishMeta) ? FilterOutcome.Drop(kind) : FilterOutcome.Pass(content);
        }
    }
}
