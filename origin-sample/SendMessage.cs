namespace GripProxy.OriginSample;

/// <summary>
/// Writing a message: store it first, then publish it. A message that could not be published is not lost: held clients find it when they
/// ask again. This endpoint holds nothing, so it works without a proxy too.
/// </summary>
internal static class SendMessage
{
    public static void Map(WebApplication app) =>
        app.MapPost("/chat/messages", PostAsync).RequireCors(LongPoll.CorsPolicy);

    private static async Task<IResult> PostAsync(NewMessage message, ChatLog log, Announcer announcer, CancellationToken cancellationToken)
    {
        var problems = message.Problems();
        if (problems.Count > 0)
            return Results.ValidationProblem(problems);

        var (stored, prevId) = log.Append(message.User!.Trim(), message.Text!); // checked above
        var published = await announcer.PublishAsync(ChatItems.Of(stored, prevId), cancellationToken);
        return Results.Json(new { stored.Id, stored.At, published }, statusCode: StatusCodes.Status201Created);
    }
}
