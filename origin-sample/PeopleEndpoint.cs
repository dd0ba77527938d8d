namespace GripProxy.OriginSample;

/// <summary>Heartbeats: a page says that it is there and learns who else is. Changes are pushed to streams.</summary>
internal static class PeopleEndpoint
{
    public static void Map(WebApplication app) => app.MapPost("/chat/people", PostAsync);

    private static async Task<IResult> PostAsync(Heartbeat heartbeat, People people, Announcer announcer, CancellationToken cancellationToken)
    {
        var problems = heartbeat.Problems();
        if (problems.Count > 0)
            return Results.ValidationProblem(problems);
        if (people.Take(heartbeat))
            await announcer.PublishAsync([people.Item()], cancellationToken);
        return Results.Json(people.List());
    }
}
