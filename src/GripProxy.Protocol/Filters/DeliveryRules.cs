namespace GripProxy.Protocol.Filters;

/// <summary>The filters that only drop, and need nobody to ask (FLT-03a…c). Cheap: they may run while a lock is held. Stateless.</summary>
internal static class DeliveryRules
{
    /// <summary>True if the filter drops the item. Filters of other kinds drop nothing here.</summary>
    public static bool Drops(FilterKind kind, FilterSubject subject, IReadOnlyDictionary<string, string> publishMeta) => kind switch
    {
        FilterKind.SkipSelf => IsSender(subject, publishMeta),
        FilterKind.SkipUsers => IsExcluded(subject, publishMeta),
        FilterKind.RequireSub => Lacks(subject, publishMeta),
        _ => false,
    };

    private static bool IsSender(FilterSubject subject, IReadOnlyDictionary<string, string> publishMeta) =>
        UserOf(subject) is { } user && publishMeta.TryGetValue("sender", out var sender) && sender == user;

    private static bool IsExcluded(FilterSubject subject, IReadOnlyDictionary<string, string> publishMeta)
    {
        if (UserOf(subject) is not { } user || !publishMeta.TryGetValue("skip_users", out var excluded))
            return false;
        var list = excluded.AsSpan();
        foreach (var range in list.Split(','))
        {
            // A user is never empty, so an empty element excludes nobody.
            if (list[range].Trim().SequenceEqual(user))
                return true;
        }

        return false;
    }

    private static bool Lacks(FilterSubject subject, IReadOnlyDictionary<string, string> publishMeta) =>
        publishMeta.TryGetValue("require_sub", out var channel) && channel.Length > 0 && !subject.IsSubscribed(channel);

    private static string? UserOf(FilterSubject subject) =>
        subject.Meta.TryGetValue("user", out var user) && user.Length > 0 ? user : null;
}
