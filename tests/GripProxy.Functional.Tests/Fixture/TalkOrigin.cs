using System.Globalization;
using System.Text;
using System.Threading.Channels;
using GripProxy.Testing;

namespace GripProxy.Functional.Tests.Fixture;

/// <summary>
/// An origin that sends every message back, answers pings and closes, and does what messages tell it: <c>@close CODE REASON</c>,
/// <c>@close</c> without code, <c>@drop</c>, <c>@last TEXT</c> before a drop, <c>@text LENGTH</c>, <c>@ping CONTENT</c>. Over a WebSocket or over HTTP, by what derives from it.
/// Owned by one test.
/// </summary>
public abstract class TalkOrigin
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly Channel<Heard> _heard = Channel.CreateUnbounded<Heard>();

    /// <summary>What the client said, in order; waits for it.</summary>
    public async Task<Heard> NextAsync()
    {
        using CancellationTokenSource patience = new(s_patience);
        try
        {
            return await _heard.Reader.ReadAsync(patience.Token);
        }
        catch (OperationCanceledException exception)
        {
            throw new TimeoutException($"The origin heard nothing more in {s_patience.TotalSeconds} s", exception);
        }
    }

    /// <summary>The next close or end; what comes before is passed over.</summary>
    public async Task<Heard> LastAsync()
    {
        while (true)
        {
            if (await NextAsync() is { What: "close" or "end" } last)
            {
                return last;
            }
        }
    }

    /// <summary>The text of <c>@text</c>.</summary>
    public static string TextOf(int length) => string.Create(length, 0, static (text, _) =>
    {
        for (int i = 0; i < text.Length; i++)
        {
            text[i] = (char)('a' + (i % 26));
        }
    });

    /// <summary>Answers what was heard; false: the conversation is over.</summary>
    protected async Task<bool> HearAsync(Heard heard)
    {
        _heard.Writer.TryWrite(heard);
        switch (heard.What)
        {
            case "text" when heard.Text.StartsWith('@'):
                return await ObeyAsync(heard.Text[1..].Split(' ', 2));
            case "text":
                await SendAsync(new RawFrame(RawFrame.TextCode, heard.Content));
                return true;
            case "binary":
                await SendAsync(new RawFrame(RawFrame.BinaryCode, heard.Content));
                return true;
            case "ping":
                await SendAsync(new RawFrame(RawFrame.PongCode, heard.Content));
                return true;
            case "close":
                await SendAsync(new RawFrame(RawFrame.CloseCode, heard.Content));
                return false;
            case "end":
                return false;
            default:
                return true;
        }
    }

    protected abstract Task SendAsync(RawFrame frame);

    /// <summary>Cuts the connection at once.</summary>
    protected abstract Task DropAsync();

    /// <summary>Ends the connection without close frame, after what was sent.</summary>
    protected abstract Task EndAsync();

    private async Task<bool> ObeyAsync(string[] command)
    {
        string argument = command.Length > 1 ? command[1] : "";
        switch (command[0])
        {
            case "close" when argument.Length == 0:
                await SendAsync(new RawFrame(RawFrame.CloseCode, []));
                return true;
            case "close":
                string[] status = argument.Split(' ', 2);
                await SendAsync(RawFrame.OfClose(int.Parse(status[0], CultureInfo.InvariantCulture), status.Length > 1 ? status[1] : ""));
                return true;
            case "last":
                await SendAsync(RawFrame.OfText(argument));
                await EndAsync();
                return false;
            case "drop":
                await DropAsync();
                return false;
            case "text":
                await SendAsync(RawFrame.OfText(TextOf(int.Parse(argument, CultureInfo.InvariantCulture))));
                return true;
            case "ping":
                await SendAsync(new RawFrame(RawFrame.PingCode, Encoding.UTF8.GetBytes(argument)));
                return true;
            default:
                throw new InvalidOperationException($"unknown command {command[0]}");
        }
    }
}
