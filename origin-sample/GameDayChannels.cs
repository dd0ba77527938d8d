using GripProxy.Origin;

namespace GripProxy.OriginSample;

/// <summary>
/// What a game day needs of an origin: a way to listen to its channels, by stream, long-poll and WebSocket. Only to its own: whoever may name any channel may
/// read everything.
/// </summary>
internal static class GameDayChannels
{
    /// <summary>Beginning of the channels that may be listened to.</summary>
    public const string Prefix = "gameday.";

    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(25);

    public static void Map(WebApplication app)
    {
        app.MapGet("/gameday/stream/{channel}", (HttpResponse response, string channel) => Hold(response, channel, static name => GripInstruct.HoldStream(name))).AddEndpointFilter<RequireProxy>();
        app.MapGet("/gameday/poll/{channel}", (HttpResponse response, string channel) => Hold(response, channel, static name => GripInstruct.HoldResponse().Channel(name).Timeout(Wait))).AddEndpointFilter<RequireProxy>();
        app.MapGripWebSocket("/gameday/socket/{channel}", static (GripWebSocket socket, string channel) =>
        {
            if (socket.IsOpening && channel.StartsWith(Prefix, StringComparison.Ordinal))
            {
                socket.Accept();
                socket.Subscribe(channel);
            }
        });
    }

    private static IResult Hold(HttpResponse response, string channel, Func<string, GripInstruct> instruct)
    {
        if (!channel.StartsWith(Prefix, StringComparison.Ordinal))
            return Results.NotFound($"Channels here begin with {Prefix}\n");
        instruct(channel).ApplyTo(response);
        return Results.Text("");
    }
}
