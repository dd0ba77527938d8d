using GripProxy.Holds.Messages;
using GripProxy.SignalR.Access;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Logging;

namespace GripProxy.SignalR.Hubs;

/// <summary>
/// What SignalR clients can call (SIG-01); the answer is null. Made anew for each call. Methods return plain tasks, and what fails, fails in them: errors of
/// others lose their text where there is no compiler at run time.
/// </summary>
internal sealed partial class GripHub(IHubGate gate, ILogger<GripHub> logger) : Hub
{
    private HubClient Client => Context.Features.Get<HubClient>() ?? throw new InvalidOperationException("The connection has no client.");

    private HubSession Session => Client.Session ?? throw new HubException("refused: not connected");

    /// <inheritdoc/>
    public override async Task OnConnectedAsync()
    {
        var context = Context.GetHttpContext() ?? throw new HubException("refused: no HTTP request");
        try
        {
            Client.Session = await gate.OpenAsync(context, Client, Context.ConnectionAborted);
            Log.Connected(logger, Client.Session.Id);
            // The client may have left while somebody was asked.
            if (Context.ConnectionAborted.IsCancellationRequested)
                Client.Session.Dispose();
        }
        catch (Exception error) when (error is not (HubException or OperationCanceledException))
        {
            Log.Failed(logger, error);
            throw new HubException("refused: internal error", error);
        }
    }

    /// <summary>Gives the client a channel. It is told how it begins, then gets what is published there.</summary>
    /// <param name="channel">Name of the channel.</param>
    /// <param name="options">Where it stands, if it was there before.</param>
    public async Task Subscribe(string? channel, SubscribeOptions? options)
    {
        if (channel is null)
            throw new HubException("bad-channel: expected is Subscribe(channel, { position }) with texts");
        SubscribeRefusal refusal;
        try
        {
            refusal = await Session.SubscribeAsync(channel, options?.Position);
        }
        catch (Exception error) when (error is not HubException)
        {
            Log.Failed(logger, error);
            throw new HubException("failed: internal error", error);
        }

        if (refusal != SubscribeRefusal.None)
            throw new HubException(Describe(refusal));
    }

    /// <summary>Takes a channel away, if the client has it.</summary>
    /// <param name="channel">Name of the channel.</param>
    public Task Unsubscribe(string? channel)
    {
        if (channel is null)
            return Task.FromException(new HubException("bad-channel: expected is Unsubscribe(channel) with a text"));
        Session.Unsubscribe(channel);
        return Task.CompletedTask;
    }

    private static string Describe(SubscribeRefusal refusal) => refusal switch
    {
        SubscribeRefusal.TooMany => "too-many: this connection has as many channels as it may have",
        SubscribeRefusal.BadChannel => "bad-channel: no channel can have this name",
        _ => "not-allowed: this client may not have that channel",
    };

    private static partial class Log
    {
        [LoggerMessage(10001, LogLevel.Debug, "connection {ConnectionId}: a SignalR client is connected", EventName = "SignalRConnected")]
        public static partial void Connected(ILogger logger, string connectionId);

        [LoggerMessage(10002, LogLevel.Error, "a call of a SignalR client failed", EventName = "SignalRCallFailed")]
        public static partial void Failed(ILogger logger, Exception error);
    }
}
