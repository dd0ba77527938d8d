using GripProxy.Plugins.Admin.Http;
using GripProxy.Plugins.State;
using Microsoft.AspNetCore.Http;

namespace GripProxy.Plugins.Admin;

/// <summary>Answers a change of an install: at once, or with <c>?wait=ready</c> when it has come into force on every node (plugins-http.md §4.3). Stateless.</summary>
internal sealed class InstallWait(AdminParts parts, InstallJson shown)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    // The other nodes are asked so often.
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    // A set-up that failed is tried again: who waits looks again so often.
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>The answer.</summary>
    public async Task<AdminAnswer> AnswerAsync(AdminRequest request, InstallRecord install, int status = StatusCodes.Status200OK)
    {
        if (request.Query("wait") == "ready" && !await IsReadyAsync(request, install))
        {
            return AdminProblem.Answer(
                504, "not_ready", "Not ready", $"after {Patience.TotalSeconds} s the plugin is {shown.StateOf(install)} here, and not every node is ready; the change stays and may still come into force",
                await shown.OfAsync(install));
        }

        return AdminAnswer.Json(await shown.OfAsync(install), status) with { Revision = install.Revision };
    }

    private async Task<bool> IsReadyAsync(AdminRequest request, InstallRecord install)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(request.Context.RequestAborted);
        patience.CancelAfter(Patience);
        try
        {
            await parts.AppliedAsync(install.Revision).WaitAsync(patience.Token);
            // What failed will not become anything else by waiting: the answer says what went wrong.
            while (shown.StatusOf(install) is { IsPending: true } status)
                await (status.Settled.IsCompleted ? Task.Delay(Interval, parts.Time, patience.Token) : status.Settled).WaitAsync(patience.Token);
            while ((await parts.ReportsAsync()).Any(node => !node.HasSettled(install)))
                await Task.Delay(Look, parts.Time, patience.Token);
            return true;
        }
        catch (OperationCanceledException) when (!request.Context.RequestAborted.IsCancellationRequested)
        {
            return false;
        }
    }
}
