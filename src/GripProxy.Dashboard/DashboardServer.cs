using GripProxy.Dashboard.Access;
using GripProxy.Dashboard.Api;
using GripProxy.Dashboard.Http;
using GripProxy.Dashboard.Live;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace GripProxy.Dashboard;

/// <summary>
/// Every request to the dashboard's listener, from the request line to the answer. The files of the page are for everybody who reaches it; what they show
/// is for those who sign in. Thread-safe.
/// </summary>
public sealed partial class DashboardServer : IDisposable
{
    private readonly DashboardParts _parts;
    private readonly RequestGuard _guard;
    private readonly DashboardApi _api;
    private readonly LiveFeed _feed;
    private readonly PageFiles _files = PageFiles.Load();
    private readonly ILogger<DashboardServer> _logger;

    /// <summary>Builds it; live numbers flow from now on, while somebody looks.</summary>
    public DashboardServer(DashboardOptions options, DashboardParts parts)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(parts);
        _parts = parts;
        _logger = parts.Logs.CreateLogger<DashboardServer>();
        _guard = new RequestGuard(options, parts.Keys);
        _feed = new LiveFeed(parts);
        _api = new DashboardApi(parts);
        if (!_files.IsComplete)
            Log.NoPage(_logger);
    }

    /// <summary>Handles one request. Never throws; a client that is gone gets no answer.</summary>
    public async Task HandleAsync(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        try
        {
            PageHeaders.Add(context.Response.Headers);
            await AnswerAsync(context);
        }
        catch (Exception error) when (error is IOException or OperationCanceledException)
        {
            // The client is gone.
            context.Abort();
        }
        catch (Exception error)
        {
            Log.Failed(_logger, context.Connection.Id, error);
            if (context.Response.HasStarted)
                context.Abort();
            else
                await DashboardProblem.Failure.WriteAsync(context.Response);
        }
    }

    /// <summary>No more live numbers.</summary>
    public void Dispose() => _feed.Dispose();

    // 1. The files of the page. 2. Everything else: from the page only, and, but for the hub, whose clients have tickets, by somebody who signed in.
    private Task AnswerAsync(HttpContext context)
    {
        var path = context.Request.Path.Value ?? "";
        var isHub = path == DashboardPaths.Hub || path.StartsWith(DashboardPaths.Hub + "/", StringComparison.Ordinal);
        if (!isHub && !path.StartsWith(DashboardPaths.Api, StringComparison.Ordinal))
            return _files.AnswerAsync(context);
        if ((isHub ? _guard.CheckSite(context) : _guard.Check(context)) is { } problem)
        {
            Log.Refused(_logger, context.Connection.RemoteIpAddress, problem.Code, problem.Detail);
            return problem.WriteAsync(context.Response);
        }

        return isHub ? _parts.Hub(context) : _api.AnswerAsync(context, path);
    }
}
