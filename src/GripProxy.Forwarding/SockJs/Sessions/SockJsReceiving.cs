using GripProxy.Forwarding.Answers;
using GripProxy.Forwarding.Requests;
using GripProxy.Forwarding.SockJs.Frames;
using Microsoft.AspNetCore.Http;

namespace GripProxy.Forwarding.SockJs.Sessions;

/// <summary>Brings the frames of a session to a request of its client, as the transport wants them (SJS-03). Stateless.</summary>
internal static class SockJsReceiving
{
    /// <summary>A stream ends after so many bytes of frames, so that clients that keep what they received do not keep ever more.</summary>
    public const int StreamLimit = 128 * 1024;

    /// <summary>Answers a request that is attached to a session, to its end.</summary>
    public static async Task RunAsync(ClientRequest request, SockJsEnvelope envelope, SockJsDelivery delivery, SockJsReceiver receiver)
    {
        try
        {
            if (envelope.IsStream)
                await StreamAsync(request, envelope, delivery, receiver);
            else
                await PollAsync(request, envelope, delivery, receiver);
        }
        catch
        {
            // What was on its way is lost, and the client would not know.
            delivery.End();
            throw;
        }
    }

    /// <summary>Answers with one frame only.</summary>
    public static async Task AnswerAsync(ClientRequest request, SockJsEnvelope envelope, SockJsFrame frame)
    {
        if (frame.IsNone)
        {
            await SockJsReply.WriteAsync(request, SockJsReply.Say(request, StatusCodes.Status410Gone, "Session terminated\n"));
            return;
        }

        byte[] body = [.. envelope.Prelude, .. envelope.Wrap(frame.Text.Span)];
        await SockJsReply.WriteAsync(request, SockJsReply.Make(request, StatusCodes.Status200OK, envelope.ContentType, body));
    }

    private static async Task PollAsync(ClientRequest request, SockJsEnvelope envelope, SockJsDelivery delivery, SockJsReceiver receiver)
    {
        var frame = await NextAsync(request, delivery, receiver);
        // A client that left has closed the session and hears nothing.
        if (frame.IsNone && request.Context.RequestAborted.IsCancellationRequested)
            return;
        await AnswerAsync(request, envelope, frame);
        if (!frame.IsNone)
            delivery.Delivered(receiver);
    }

    private static async Task StreamAsync(ClientRequest request, SockJsEnvelope envelope, SockJsDelivery delivery, SockJsReceiver receiver)
    {
        var context = request.Context;
        ReplyWriter.SetHead(context, SockJsReply.Make(request, StatusCodes.Status200OK, envelope.ContentType, default), crossOrigin: false);
        if (request.HasUnreadBody)
            context.Response.Headers.Connection = "close";
        await context.Response.Body.WriteAsync(envelope.Prelude, context.RequestAborted);
        for (var sent = 0; sent < StreamLimit;)
        {
            var frame = await NextAsync(request, delivery, receiver);
            if (frame.IsNone)
            {
                // Without its last chunk the client knows that the stream was cut.
                context.Abort();
                return;
            }

            var piece = envelope.Wrap(frame.Text.Span);
            await context.Response.Body.WriteAsync(piece, context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
            if (frame.IsLast)
                break;
            sent += piece.Length;
        }

        delivery.Delivered(receiver);
    }

    private static async Task<SockJsFrame> NextAsync(ClientRequest request, SockJsDelivery delivery, SockJsReceiver receiver)
    {
        var next = delivery.NextAsync(receiver);
        if (next.IsCompleted)
            return await next;
        await using var gone = request.Context.RequestAborted.UnsafeRegister(_ => delivery.Leave(receiver), null);
        return await next;
    }
}
