namespace GripProxy.Protocol.Filters;

/// <summary>The names of the filters on the wire, and what each works on (FLT-03).</summary>
public static class FilterNames
{
    // In the order of FilterKind.
    private static readonly string[] Names = ["skip-self", "skip-users", "require-sub", "build-id", "var-subst", "http-check", "http-modify"];

    /// <summary>Finds a filter by its name, which is case-sensitive. Null: there is none, and the name is to be ignored.</summary>
    public static FilterKind? Find(string name)
    {
        var index = Array.IndexOf(Names, name);
        return index < 0 ? null : (FilterKind)index;
    }

    /// <summary>The name of a filter.</summary>
    public static string Of(FilterKind kind) => Names[(int)kind];

    /// <summary>What a filter works on.</summary>
    public static FilterTargets TargetsOf(FilterKind kind) => kind switch
    {
        FilterKind.BuildId => FilterTargets.MessageContent | FilterTargets.ResponseContent,
        FilterKind.VarSubst => FilterTargets.MessageContent,
        FilterKind.HttpModify => FilterTargets.MessageDelivery | FilterTargets.MessageContent,
        _ => FilterTargets.MessageDelivery,
    };
}
