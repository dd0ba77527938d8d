using GripProxy.Protocol.Instructs;

namespace GripProxy.Protocol.Filters;

/// <summary>
/// The filters of bodies that an origin sends with an instruct: those of all its channels together (FLT-06). The only one is
/// <c>build-id</c>.
/// </summary>
public static class ResponseContentFilter
{
    /// <summary>Opens the filter for a body that comes in pieces.</summary>
    /// <param name="instruct">The instruct that came with the body.</param>
    /// <param name="filter">The filter, or null: the body passes as it is.</param>
    /// <returns>Null, or why the body cannot be filtered, as told to the client in debug mode.</returns>
    public static string? Open(Instruct instruct, out DirectiveFilter? filter)
    {
        filter = null;
        if (!Applies(instruct))
            return null;
        (filter, var error) = BuildIdFilter.ForResponse(instruct.Meta);
        return error is null ? null : Describe(error);
    }

    /// <summary>Filters the whole body of the instruct's response. Its error is as told to the client in debug mode.</summary>
    public static FilterOutcome Apply(Instruct instruct)
    {
        if (Open(instruct, out var filter) is { } error)
            return FilterOutcome.Fail(error);
        if (filter is null)
            return FilterOutcome.Pass(instruct.Response.Body);
        var outcome = filter.Apply(instruct.Response.Body);
        return outcome.Error is null ? outcome : FilterOutcome.Fail(Describe(outcome.Error));
    }

    /// <summary>An error of an opened filter as told to the client in debug mode.</summary>
    public static string Describe(string error) => $"filter error: {FilterNames.Of(FilterKind.BuildId)}: {error}";

    private static bool Applies(Instruct instruct)
    {
        // By index: this runs for every request that is held, and an enumerator would be an allocation.
        for (var i = 0; i < instruct.Channels.Count; i++)
        {
            var filters = instruct.Channels[i].Filters;
            for (var j = 0; j < filters.Count; j++)
            {
                if (FilterNames.Find(filters[j]) is { } kind && FilterNames.TargetsOf(kind).HasFlag(FilterTargets.ResponseContent))
                    return true;
            }
        }

        return false;
    }
}
