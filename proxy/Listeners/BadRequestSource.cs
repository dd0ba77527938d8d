using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using BadHttpRequestException = Microsoft.AspNetCore.Http.BadHttpRequestException;

namespace GripProxy.Proxy.Listeners;

/// <summary>
/// Gives Kestrel's own answers to malformed requests a body. Kestrel has no hook for them but the diagnostic event it raises just before its
/// empty answer, on the connection's own flow. There the response body is not usable yet (no request was accepted), so the head is started
/// through the response feature and the few bytes of the body go to the transport behind it: Kestrel leaves a response alone that has
/// started, and closes. This is the <see cref="DiagnosticSource"/> of one server, which is how clients and publishers are told apart, and it
/// listens to nothing else, so that a normal request pays nothing. Immutable.
/// </summary>
internal sealed class BadRequestSource(Func<BadHttpRequestException, FramingReply> answer) : DiagnosticSource
{
    private const string EventName = "Microsoft.AspNetCore.Server.Kestrel.BadRequest";

    /// <inheritdoc/>
    public override bool IsEnabled(string name) => name == EventName;

    /// <inheritdoc/>
    [RequiresUnreferencedCode("As the base says; nothing here looks at the value by reflection.")]
    public override void Write(string name, object? value)
    {
        if (value is not IFeatureCollection features
            || features.Get<IBadRequestExceptionFeature>()?.Error is not BadHttpRequestException error
            || features.Get<IHttpResponseFeature>() is not { HasStarted: false } response
            || features.Get<IHttpResponseBodyFeature>() is not { } head
            || features.Get<IConnectionTransportFeature>() is not { } connection
            // An HTTP/2 stream has no transport of its own.
            || features.Get<IHttp2StreamIdFeature>() is not null)
        {
            return;
        }

        var reply = answer(error);
        var body = Encoding.UTF8.GetBytes(reply.Text);
        response.StatusCode = reply.Status;
        response.Headers.ContentType = "text/plain";
        response.Headers.Connection = "close";
        response.Headers.ContentLength = body.Length;
        var started = head.StartAsync();
        var isHead = HttpMethods.IsHead(features.Get<IHttpRequestFeature>()?.Method ?? "");
        if (started.IsCompletedSuccessfully && !isHead)
        {
            // A head and a line of text always fit into the transport's buffer, so nothing waits; a flush that a reset ended throws nothing.
            _ = connection.Transport.Output.WriteAsync(body).AsTask();
        }
    }
}
