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

    public static void Map(IEndpointRouteBuilder held)
    {
        held.MapGripStream("/gameday/stream/{channel}", (string channel) => Hold(channel, GripInstruct.HoldStream()));
        held.MapGripLongPoll("/gameday/poll/{channel}", (string channel) => Hold(channel, GripInstruct.HoldResponse().Timeout(Wait)));
        held.MapGripWebSocket("/gameday/socket/{channel}", static (GripWebSocket socket, string channel) =>
        {
            if (socket.IsOpening && channel.StartsWith(Prefix, StringComparison.Ordinal))
            {
                socket.Accept();
                socket.Subscribe(channel);
            }
        });
    }

    private static IResult Hold(string channel, GripInstruct instruct) =>
        channel.StartsWith(Prefix, StringComparison.Ordinal) ? instruct.Channel(channel) : Results.NotFound($"Channels here begin with {Prefix}\n");
}
