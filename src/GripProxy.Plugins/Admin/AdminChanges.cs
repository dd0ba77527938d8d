using System.Text.Json.Nodes;
using GripProxy.Plugins.Admin.Http;
using GripProxy.Plugins.State;

namespace GripProxy.Plugins.Admin;

/// <summary>Changes the state as somebody asked, with a line in the audit log (plugins-http.md §4). Stateless.</summary>
/// <param name="store">The state.</param>
/// <param name="applied">Completes when this node does what a revision says.</param>
/// <param name="time">The clock.</param>
internal sealed class AdminChanges(IPluginStateStore store, Func<long, Task> applied, TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>The clock.</summary>
    public DateTimeOffset Now => time.GetUtcNow();

    /// <summary>Makes a change.</summary>
    /// <param name="request">Who asks, and of which revision.</param>
    /// <param name="action">What is done, such as <c>install.enable</c>.</param>
    /// <param name="target">To what, such as <c>acme/3</c>.</param>
    /// <param name="record">The record that <c>If-Match</c> is about, in the present document; null there: it is made.</param>
    /// <param name="change">The change.</param>
    /// <param name="before">How it was, without secrets.</param>
    /// <param name="after">How it is then, without secrets.</param>
    /// <param name="content">What comes with it; its audit lines are not looked at.</param>
    public Task<PluginState> MakeAsync(
        AdminRequest request, string action, string target, Func<PluginState, StateRecord?> record, Func<PluginState, PluginState> change,
        JsonObject? before = null, JsonObject? after = null, StateContent? content = null)
    {
        var expected = request.ExpectedRevision();
        var line = new AuditEntry { Time = time.GetUtcNow(), By = request.Caller.Name, Action = action, Object = target, Before = before, After = after };
        return store.UpdateAsync(
            state =>
            {
                if (expected is { } revision && record(state) is { } present && present.Revision != revision)
                    throw new AdminRefusalException(AdminProblem.Revision($"its revision is {present.Revision}, If-Match says {revision}: read it again"));
                return change(state);
            },
            (content ?? new StateContent()) with { Audit = [line] });
    }

    /// <summary>When what is left by what a request deletes is to be deleted: with <c>?purge=now</c> it is deleted at once, and once more when that has ended.</summary>
    public DateTimeOffset LeftoversDue(AdminRequest request) => Now + (Purges(request) ? LeftoverRecord.Afterwards : LeftoverRecord.Kept);

    /// <summary>True if a request wants that deleted at once (plugins.md §10).</summary>
    public static bool Purges(AdminRequest request) => request.Query("purge") switch
    {
        null => false,
        "now" => true,
        var other => throw new AdminRefusalException(AdminProblem.Invalid($"purge is '{other}', expected now, or nothing: what is left is deleted after 24 hours")),
    };

    /// <summary>
    /// Waits until this node does what a change says, so that whoever is told of it can use it at once. Not for ever: what is made stays and comes into force later.
    /// </summary>
    public Task InForceAsync(PluginState made) => Task.WhenAny(applied(made.Revision), Task.Delay(Patience, time));

    /// <summary>Notes something that was done outside the state.</summary>
    public Task NoteAsync(AdminRequest request, string action, string target, JsonObject? after = null) => store.WriteAuditAsync(
        new AuditEntry { Time = time.GetUtcNow(), By = request.Caller.Name, Action = action, Object = target, After = after });
}
