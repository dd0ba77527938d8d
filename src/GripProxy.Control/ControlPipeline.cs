using GripProxy.Control.Access;
using GripProxy.Control.Diagnostics;
using GripProxy.Control.Health;
using GripProxy.Control.Http;
using GripProxy.Control.Inspect;
using GripProxy.Control.Publish;
using GripProxy.Security.Access;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace GripProxy.Control;

/// <summary>
/// Every request to the control port, from the request line to the answer (PUB-01…05, CTL-01, CTL-02). Thread-safe. The paths are few and
/// exact, so there is no routing in front of it.
/// </summary>
public sealed partial class ControlPipeline
{
    private const string PublishPath = "/publish";
    private const string NodesPath = "/v1/nodes";

    private static readonly ControlAnswer Root = ControlAnswer.Text(200, "Pushpin API\n");

    private static readonly ControlAnswer NotFound = ControlAnswer.Refusal(404, "Not Found\n", RefusalReason.NotFound);

    private static readonly ControlAnswer NotAcceptable = ControlAnswer.Refusal(
        406, "Not Acceptable. Supported formats are text/plain and application/json.\n", RefusalReason.NotAcceptable);

    private static readonly ControlAnswer Failure =
        ControlAnswer.Refusal(500, "Internal Server Error\n", RefusalReason.Failure) with { EndsConnection = true };

    private readonly ControlParts _parts;
    private readonly ControlOptions _options;
    private readonly ILogger<ControlPipeline> _logger;

    internal ControlPipeline(ControlParts parts, ControlOptions options, ILogger<ControlPipeline> logger)
    {
        _parts = parts;
        _options = options;
        _logger = logger;
    }

    /// <summary>Handles one request of the control port. Never throws; a client that is gone gets no answer.</summary>
    public Task HandleAsync(HttpContext context) => WriteAsync(context, AnswerAsync);

    /// <summary>Handles one request of <c>[control] health_listen</c>: the two health paths, and 404 for all else.</summary>
    public Task HandleHealthAsync(HttpContext context) => WriteAsync(context, (context, target) =>
        Task.FromResult(HealthEndpoint.Serves(target.Path) ? _parts.Health.Answer(context.Request.Method, target) : NotFound));

    /// <summary>Ends the event streams, for the end of the process: their clients see a proper end.</summary>
    public void EndStreams() => _parts.Events.EndAll();

    private async Task WriteAsync(HttpContext context, Func<HttpContext, ControlTarget, Task<ControlAnswer>> answer)
    {
        try
        {
            var target = ControlTarget.Parse(context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget);
            var reply = await answer(context, target);
            Note(context, reply);
            await reply.WriteAsync(context);
        }
        catch (Exception error) when (error is IOException or OperationCanceledException)
        {
            Log.ClientGone(_logger, context.Connection.Id, error);
            context.Abort();
        }
        catch (Exception error)
        {
            Log.Failed(_logger, context.Connection.Id, error);
            _parts.Metrics.Refused(RefusalReason.Failure);
            if (context.Response.HasStarted)
                context.Abort();
            else
                await Failure.WriteAsync(context);
        }
    }

    // 1. Health needs nothing. 2. What is another part's is its own affair. 3. Framing, decided by the head; ours have other words for it. 4. Who asks; nothing
    // of the body was read yet. 5. The form of the answer. 6. The path and its method.
    private async Task<ControlAnswer> AnswerAsync(HttpContext context, ControlTarget target)
    {
        var request = context.Request;
        if (HealthEndpoint.Serves(target.Path))
            return _parts.Health.Answer(request.Method, target);

        var isOwn = OwnPaths.Serves(target.Path);
        if (isOwn && _parts.Others.Serves(target.Path))
            return ControlAnswer.ByOthers(_parts.Others.Answer);
        if (!isOwn && RequestFraming.Check(request, _options.MaxBodySize) is { } unframed)
            return unframed;

        var decision = _parts.Authentication.Check(request, target.Realm);
        if (!decision.IsAllowed && target.Path == NodesPath && _parts.Others.IsOperator(request))
            return await _parts.Own.AnswerAsync(request, target, ChannelScope.All);
        if (!decision.IsAllowed)
            return ControlAuthentication.Refuse(decision);

        if (isOwn)
            return await _parts.Own.AnswerAsync(request, target, decision.Scope);
        if (target.Path == PublishPath && HttpMethods.IsPost(request.Method) && ReceiptPreference.Asks(request, target))
            return await _parts.Publish.AnswerAsync(context, decision.Scope, format: null);
        if (Negotiation.Choose(request.Headers.Accept) is not { } format)
            return NotAcceptable;
        return await DispatchAsync(context, target.Path, decision.Scope, format);
    }

    private async Task<ControlAnswer> DispatchAsync(HttpContext context, string path, ChannelScope scope, ReplyFormat format)
    {
        var method = context.Request.Method;
        switch (path)
        {
            case "":
                return Root;
            case PublishPath:
                return HttpMethods.IsPost(method) ? await _parts.Publish.AnswerAsync(context, scope, format) : OnlyPost(method);
            case "/recover":
                return HttpMethods.IsPost(method) ? _parts.Recover.Answer(scope, format) : OnlyPost(method);
            default:
                return NotFound;
        }
    }

    private static ControlAnswer OnlyPost(string method) =>
        ControlAnswer.Refusal(405, $"Method not allowed: {method}.\n", RefusalReason.MethodNotAllowed) with { Allow = "POST" };

    private void Note(HttpContext context, ControlAnswer answer)
    {
        if (answer.Reason == RefusalReason.None)
            return;
        _parts.Metrics.Refused(answer.Reason);
        var code = RefusalWord.Of(answer.Reason);
        if (answer.Reason is RefusalReason.MissingCredentials or RefusalReason.InvalidToken or RefusalReason.NotCovered)
            Log.AccessRefused(_logger, code, context.Connection.RemoteIpAddress, answer.Detail);
        else
            Log.Refused(_logger, code, context.Connection.RemoteIpAddress, answer.Detail);
    }
}
