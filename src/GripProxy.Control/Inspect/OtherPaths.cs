using Microsoft.AspNetCore.Http;

namespace GripProxy.Control.Inspect;

/// <summary>
/// Paths of the control port that another part answers, by credentials of its own (plugins-http.md §1): those of the control port do not open them. Set by
/// the host before requests come.
/// </summary>
public sealed class OtherPaths
{
    /// <summary>True if a path belongs to the other part.</summary>
    public Func<string, bool> Serves { get; set; } = static _ => false;

    /// <summary>The first segments after <c>/v1/</c> that the other part answers.</summary>
    public Func<IEnumerable<string>> Names { get; set; } = static () => [];

    /// <summary>Answers a request for such a path.</summary>
    public RequestDelegate Answer { get; set; } = static _ => Task.CompletedTask;

    /// <summary>True if a request has a credential of the other part's operators, which also opens the list of nodes (plugins-http.md §4.11).</summary>
    public Func<HttpRequest, bool> IsOperator { get; set; } = static _ => false;
}
