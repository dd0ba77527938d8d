using GripProxy.Protocol.Instructs;
using static GripProxy.Protocol.Tests.Instructs.InstructFixture;

namespace GripProxy.Protocol.Tests.Instructs;

/// <summary>The instructs of the specification's worked examples, and of its text, word for word.</summary>
public sealed class WorkedExampleTests
{
    public static TheoryData<string, string[], string, Expected> Examples => new()
    {
        {
            "long-poll",
            ["Content-Type: application/json", "Grip-Hold: response", "Grip-Channel: job-17; prev-id=3", "Grip-Timeout: 20", "Content-Length: 3"],
            "{}\n",
            new Expected(HoldMode.Response, "job-17|3", 20, "", "", ["Content-Type: application/json"])
        },
        {
            "server-sent events with keep-alive",
            [
                "Content-Type: text/event-stream", "Cache-Control: no-cache", "Grip-Hold: stream", "Grip-Channel: news, alerts",
                "Grip-Keep-Alive: :\\n\\n; format=cstring; timeout=20", "Content-Length: 13",
            ],
            "event: open\n\n",
            new Expected(HoldMode.Stream, "news|,alerts|", 55, ":\n\n/20", "", ["Content-Type: text/event-stream", "Cache-Control: no-cache"])
        },
        {
            "reliable stream",
            ["Grip-Hold: stream", "Grip-Channel: feed; prev-id=10", "Grip-Link: </feed/more?after=10>; rel=next; timeout=60"],
            "",
            new Expected(HoldMode.Stream, "feed|10", 55, "", "/feed/more?after=10/60", [])
        },
        {
            "JSON form",
            ["Content-Type: application/grip-instruct"],
            """
            {
              "hold": {
                "mode": "response",
                "channels": [ {"name": "news", "prev-id": "41", "filters": ["skip-self"]} ],
                "timeout": 30,
                "keep-alive": {"content": "\n", "timeout": 20},
                "meta": {"user": "alice"}
              },
              "response": {
                "code": 200, "reason": "OK",
                "headers": {"Content-Type": "text/plain"},
                "body": "nothing yet\n"
              }
            }
            """,
            new Expected(HoldMode.Response, "news|41", 30, "\n/20", "", ["Content-Type: text/plain"])
        },
        {
            "subscription filters",
            ["Grip-Channel: c; filter=a; filter=b"],
            "x",
            new Expected(HoldMode.None, "c|", 55, "", "", [])
        },
    };

    [Theory]
    [MemberData(nameof(Examples))]
    public void Read_WorkedExample_IsUnderstood(string name, string[] lines, string body, Expected expected)
    {
        var instruct = Good(Read(200, "OK", body, lines));

        Assert.NotEmpty(name);
        Assert.Equal(expected.Hold, instruct.Hold);
        Assert.Equal(expected.Channels, string.Join(',', instruct.Channels.Select(c => $"{c.Name}|{c.PrevId}")));
        Assert.Equal(expected.Timeout, instruct.Timeout.TotalSeconds);
        Assert.Equal(expected.KeepAlive, instruct.KeepAlive is { } k ? $"{Text(k.Data)}/{k.Timeout.TotalSeconds}" : "");
        Assert.Equal(expected.Next, instruct.Next is { } n ? $"{n.Uri}/{n.Timeout.TotalSeconds}" : "");
        Assert.Equal(expected.Headers, Lines(instruct.Response.Headers));
    }

    /// <summary>An instruct in short: channels as <c>name|prev-id</c>, keep-alive and next link as <c>what/seconds</c>.</summary>
    public sealed record Expected(HoldMode Hold, string Channels, int Timeout, string KeepAlive, string Next, string[] Headers);
}
