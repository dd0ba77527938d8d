using System.Text.Json;
using GripProxy.Origin;
using Microsoft.AspNetCore.Http.HttpResults;

namespace GripProxy.OriginSample;

/// <summary>
/// An event that goes to the proxy's plugins, and the stream on which comes what a plugin made of it: the origin only says who listens. Without plugins
/// the answer says how to get them.
/// </summary>
internal static class PluginEvent
{
    public static void Map(IEndpointRouteBuilder app, IEndpointRouteBuilder held)
    {
        app.MapPost("/plugin/events", SendAsync);
        held.MapServerSentEvents("/plugin/stream", (SampleOriginOptions options) => options.EventsChannel);
    }

    private static async Task<Results<Accepted, ProblemHttpResult>> SendAsync(NewPluginEvent sent, SampleOriginOptions options, CancellationToken cancellationToken)
    {
        if (options.EventsUrl is not { } events)
            return TypedResults.Problem(options.NoEvents, statusCode: StatusCodes.Status503ServiceUnavailable, title: "No plugins");
        if (string.IsNullOrWhiteSpace(sent.User))
            return TypedResults.Problem("'user' is missing", statusCode: StatusCodes.Status400BadRequest);
        using var http = new HttpClient();
        using var answer = await http.PostAsJsonAsync(
            new Uri(events, "capture/"), new { api_key = options.EventsKey, @event = "signup", distinct_id = sent.User }, JsonSerializerOptions.Web, cancellationToken);
        return answer.IsSuccessStatusCode
            ? TypedResults.Accepted((string?)null)
            : TypedResults.Problem($"the proxy answered {(int)answer.StatusCode} to the event", statusCode: StatusCodes.Status502BadGateway);
    }
}
