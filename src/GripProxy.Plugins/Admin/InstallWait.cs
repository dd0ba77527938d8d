using GripProxy.Plugins.Admin.Http;
using GripProxy.Plugins.State;
using Microsoft.AspNetCore.Http;

namespace GripProxy.Plugins.Admin;

/// <summary>Answers a change of an install: at once, or with <c>?wait=ready</c> when it has come into force here (plugins-http.md §4.3). Stateless.</summary>
internal sealed class InstallWait(AdminParts parts, InstallJson shown)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    // A change takes tens of milliseconds; who waits for it looks again so often.
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    /// <summary>The answer.</summary>
    public async Task<AdminAnswer> AnswerAsync(AdminRequest request, InstallRecord install, int status = StatusCodes.Status200OK)
    {
        if (request.Query("wait") == "ready" && !await IsReadyAsync(request, install))
        {
            return AdminProblem.Answer(
                504, "not_ready", "Not ready", $"after {Patience.TotalSeconds} s the plugin is {shown.StateOf(install)}; the change stays and may still come into force",
                await shown.OfAsync(install));
        }

        return AdminAnswer.Json(await shown.OfAsync(install), status) with { Revision = install.Revision };
    }

    private async Task<bool> IsReadyAsync(AdminRequest request, InstallRecord install)
    {
        var started = parts.Time.GetTimestamp();
        while (!IsReady(install))
        {
            if (parts.Time.GetElapsedTime(started) > Patience)
                return false;
            await Task.Delay(Interval, parts.Time, request.Context.RequestAborted);
        }

        return true;
    }

    // Ready is also what will not become anything else by waiting: the answer says what went wrong.
    private bool IsReady(InstallRecord install) =>
        shown.StatusOf(install) is { } status && status.Install.Enabled == install.Enabled && shown.StateOf(install) is not "starting";
}
