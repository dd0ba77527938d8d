using System.Diagnostics;
using GripProxy.Channels;
using GripProxy.Channels.Publishing;
using GripProxy.Control.Access;
using GripProxy.Control.Diagnostics;
using GripProxy.Control.Http;
using GripProxy.Security.Access;
using Microsoft.AspNetCore.Http;

namespace GripProxy.Control.Publish;

/// <summary>Answers <c>POST /publish</c> (PUB-05).</summary>
internal sealed class PublishEndpoint(PublishRequestReader reader, PublishPipeline pipeline, ChannelsOptions channels, ControlOptions options)
{
    private static readonly ControlAnswer PublishedText = ControlAnswer.Success(ReplyFormat.Text, "Published");
    private static readonly ControlAnswer PublishedJson = ControlAnswer.Success(ReplyFormat.Json, "Published");

    /// <summary>Reads all items, checks that each channel is covered, and hands them on; or publishes nothing.</summary>
    /// <param name="context">The request.</param>
    /// <param name="scope">What its credential covers.</param>
    /// <param name="format">The form of the answer, or null: a receipt (CTL-07).</param>
    public async Task<ControlAnswer> AnswerAsync(HttpContext context, ChannelScope scope, ReplyFormat? format)
    {
        using var span = PublishSpans.Begin(context.Request);
        var answer = await PublishAsync(context, scope, format, span);
        span?.SetTag("http.response.status_code", answer.Status);
        if (answer.Reason != RefusalReason.None)
            span?.SetStatus(ActivityStatusCode.Error, RefusalWord.Of(answer.Reason));
        return answer;
    }

    private async Task<ControlAnswer> PublishAsync(HttpContext context, ChannelScope scope, ReplyFormat? format, Activity? span)
    {
        // A publisher may close as soon as it has sent all. Its abort must not hide what has arrived; a body that breaks off ends the read.
        var request = await reader.ReadAsync(context.Request, CancellationToken.None);
        if (request.Problem is { } problem)
            return problem.Answer;
        foreach (var item in request.Items)
        {
            if (!scope.Covers(item.Channel))
                return ControlAuthentication.ChannelNotCovered(item.Channel);
        }

        span?.SetTag("gripproxy.items", request.Items.Count);
        if (format is null)
            return ReceiptAnswer.Of(await pipeline.PublishWithReceiptsAsync(request.Items, options.ReceiptTimeout), channels.Node);
        pipeline.Publish(request.Items);
        return format == ReplyFormat.Json ? PublishedJson : PublishedText;
    }
}
