using GripProxy.Plugins.Direct;
using GripProxy.Plugins.Post;
using Microsoft.AspNetCore.Http;

namespace GripProxy.Plugins.Nodes.Peers;

/// <summary>Makes calls for other nodes of the cluster, on the control port (plugins.md §12.3). Nobody else has the key that opens it. Thread-safe.</summary>
/// <param name="seal">The key.</param>
/// <param name="address">Where the others reach this node; what was meant for another one is refused.</param>
/// <param name="used">What was answered already.</param>
/// <param name="workOf">The plugins of a tenant, or null: nothing of it runs here.</param>
internal sealed class PeerDoor(PeerSeal seal, string address, UsedSeals used, Func<int, TenantWork?> workOf)
{
    /// <summary>Where they are asked for.</summary>
    public const string Path = "/v1/peers/call";

    /// <summary>The header with the seal of a question, and of its answer.</summary>
    public const string Header = "GripProxy-Peer";

    // A body of 4 MiB may be three times as long as JSON text of JSON text.
    private const int MostBytes = 16 * 1024 * 1024;

    /// <summary>False once nothing new begins here.</summary>
    public bool IsOpen { get; set; } = true;

    /// <summary>Answers a request. 200 says that the call was made; whatever else, that it was not.</summary>
    public async Task HandleAsync(HttpContext context)
    {
        try
        {
            if (await AnswerAsync(context.Request) is { } answer)
                await WriteAsync(context, answer);
            else
                context.Response.StatusCode = StatusCodes.Status404NotFound;
        }
        catch (UnauthorizedAccessException)
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        }
        catch (InvalidDataException)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
        }
        catch (Exception e) when (e is IOException or OperationCanceledException && context.RequestAborted.IsCancellationRequested)
        {
            context.Abort();
        }
    }

    private async Task WriteAsync(HttpContext context, DirectAnswer answer)
    {
        var bytes = PeerAnswer.Write(answer);
        context.Response.Headers[Header] = seal.OfAnswer(context.Request.Headers[Header].ToString(), bytes);
        context.Response.ContentLength = bytes.Length;
        await context.Response.Body.WriteAsync(bytes);
    }

    // Null: what is asked for is not loaded here.
    private async Task<DirectAnswer?> AnswerAsync(HttpRequest request)
    {
        var proof = request.Headers[Header].ToString();
        if (!HttpMethods.IsPost(request.Method) || !seal.IsGenuine(proof, address))
            throw new UnauthorizedAccessException();
        await using var body = new BoundedBody(MostBytes);
        await request.Body.CopyToAsync(body, request.HttpContext.RequestAborted);
        var bytes = body.ToArray();
        if (body.IsTooLong || !PeerSeal.Fits(proof, bytes) || !used.TryUse(proof))
            throw new UnauthorizedAccessException();
        var question = PeerQuestion.Read(bytes);
        // What has just ended here may be started there as well.
        if (!IsOpen || workOf(question.Tenant)?.Direct is not { } calls || !calls.IsLoaded(question.Install))
            return null;
        // Here and nowhere else: a call must not go round in circles.
        return await calls.CallHereAsync(question.Install, question.Method, question.Limit, question.Arguments);
    }
}
