using System.Globalization;
using GripProxy.Functional.Tests.Fixture;
using Microsoft.AspNetCore.Http;

namespace GripProxy.Functional.Tests.Cluster;

/// <summary>
/// The origin behind the nodes. It answers with what a client lacks, and with a hold that goes on from there: for long-polls and streams by prev-id and
/// next link, for server-sent events by the position that the client holds.
/// </summary>
public static class ChaosOrigin
{
    public static void Serve(FakeOrigin origin, ChaosHistory history)
    {
        for (int channel = 0; channel < history.Channels; channel++)
        {
            int number = channel;
            origin.On($"/poll/{channel}", context => PollAsync(context, history, number));
            origin.On($"/link/{channel}", context => LinkAsync(context, history, number));
            origin.On($"/position/{channel}", context => PositionAsync(context, number));
            origin.On($"/history/{channel}", context => HistoryAsync(context, history, number));
        }
    }

    private static Task PollAsync(HttpContext context, ChaosHistory history, int channel)
    {
        int after = AfterOf(context, channel);
        int last = history.LastOf(channel);
        context.Response.ContentType = "text/plain";
        if (last > after)
        {
            return context.Response.WriteAsync(ChaosHistory.Lines(after, last));
        }

        context.Response.Headers["Grip-Hold"] = "response";
        context.Response.Headers["Grip-Timeout"] = "20";
        context.Response.Headers["Grip-Channel"] = Channel(channel, last);
        return Task.CompletedTask;
    }

    private static Task LinkAsync(HttpContext context, ChaosHistory history, int channel)
    {
        int after = AfterOf(context, channel);
        int last = history.LastOf(channel);
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers["Grip-Hold"] = "stream";
        context.Response.Headers["Grip-Channel"] = Channel(channel, last);
        context.Response.Headers["Grip-Link"] = string.Create(CultureInfo.InvariantCulture, $"</link/{channel}?after={last}>; rel=next");
        return context.Response.WriteAsync(ChaosHistory.Lines(after, last));
    }

    private static Task PositionAsync(HttpContext context, int channel)
    {
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers["Grip-Hold"] = "stream";
        context.Response.Headers["Grip-Resume"] = "event-id";
        context.Response.Headers["Grip-Channel"] = ChaosHistory.Name(channel);
        return context.Response.WriteAsync(":\n\n");
    }

    private static Task HistoryAsync(HttpContext context, ChaosHistory history, int channel) =>
        context.Response.WriteAsync(ChaosHistory.Lines(AfterOf(context, channel), history.LastOf(channel)));

    private static string Channel(int channel, int last) =>
        string.Create(CultureInfo.InvariantCulture, $"{ChaosHistory.Name(channel)}; prev-id={last}");

    /// <summary>What the client has: the proxy knows better than the address that the client was given.</summary>
    private static int AfterOf(HttpContext context, int channel)
    {
        string last = context.Request.Headers["Grip-Last"].ToString();
        string prefix = $"{ChaosHistory.Name(channel)}; last-id=";
        string text = last.StartsWith(prefix, StringComparison.Ordinal) ? last[prefix.Length..] : context.Request.Query["after"].ToString();
        return int.Parse(text, CultureInfo.InvariantCulture);
    }
}
