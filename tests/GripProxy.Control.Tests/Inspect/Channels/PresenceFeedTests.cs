using System.Text;
using System.Text.Json.Nodes;
using GripProxy.Channels.Subscriptions;
using GripProxy.Control.Http;
using GripProxy.Control.Inspect.Channels;

namespace GripProxy.Control.Tests.Inspect.Channels;

public sealed class PresenceFeedTests
{
    private readonly PresenceFeed _feed = new(static channel => channel != "other", TimeProvider.System);

    [Fact]
    public async Task Answer_Unconfirmed_IsToldAgainWithWhatIsNewer()
    {
        Change("a", 1);
        Change("b", 1);
        Change("other", 1);
        var first = await AskAsync("");
        Assert.Equal("a 1, b 1", Changes(first));
        Assert.True((bool)first["first"]!);

        Change("a", 2);
        var again = await AskAsync("");
        Assert.Equal("a 2, b 1", Changes(again));
        Assert.Equal("", Changes(await AskAsync((string)again["seen"]!)));
    }

    [Fact]
    public async Task Answer_Many_ComesInParts()
    {
        for (var i = 0; i < 4500; i++)
            Change($"{i}", 1);
        var seen = "";
        var channels = new HashSet<string>();
        JsonNode answer;
        do
        {
            answer = await AskAsync(seen);
            seen = (string)answer["seen"]!;
            Assert.All(answer["changes"]!.AsArray(), change => Assert.True(channels.Add((string)change!["channel"]!)));
        }
        while ((bool)answer["more"]!);
        Assert.Equal(4500, channels.Count);
    }

    [Fact]
    public async Task Answer_NothingNew_WaitsForSomething()
    {
        var seen = (string)(await AskAsync(""))["seen"]!;
        var waiting = _feed.AnswerAsync(seen, TimeSpan.FromMinutes(1));
        Assert.False(waiting.IsCompleted);
        _feed.Changed("a", SubscriptionMode.Response, 0, lingers: true);
        var change = Parse(await waiting)["changes"]![0]!;
        Assert.Equal("""{"channel":"a","mode":"response","subscribers":0,"used":true}""", change.ToJsonString());
    }

    private void Change(string channel, int subscribers) => _feed.Changed(channel, SubscriptionMode.Stream, subscribers, lingers: false);

    private async Task<JsonNode> AskAsync(string seen) => Parse(await _feed.AnswerAsync(seen, TimeSpan.Zero));

    private static JsonNode Parse(Action<System.Text.Json.Utf8JsonWriter> write) => JsonNode.Parse(Encoding.UTF8.GetString(JsonAnswer.Bytes(write).Span))!;

    private static string Changes(JsonNode answer) =>
        string.Join(", ", answer["changes"]!.AsArray().Select(change => $"{change!["channel"]} {change["subscribers"]}").Order(StringComparer.Ordinal));
}
