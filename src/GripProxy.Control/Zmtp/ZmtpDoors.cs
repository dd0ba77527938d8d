using System.Net;
using System.Net.Sockets;
using GripProxy.Channels.Subscriptions;
using GripProxy.Control.Zmtp.Commands;
using GripProxy.Control.Zmtp.Doors;
using GripProxy.Control.Zmtp.Sockets;
using Microsoft.Extensions.Logging;

namespace GripProxy.Control.Zmtp;

/// <summary>The ZeroMQ doors that are configured, as one thing to open and to close (PUB-20…23, STA-01). Owned by the host; opened at most once.</summary>
public sealed partial class ZmtpDoors : IAsyncDisposable
{
    private readonly ZmtpOptions _options;
    private readonly SubscriptionTable _table;
    private readonly ILogger _logger;
    private readonly PullSocket _pull;
    private readonly SubSocket _sub;
    private readonly RepSocket _command;
    private readonly PubSocket _stats;
    private readonly ChannelFollower _follower;
    private Task _following = Task.CompletedTask;

    internal ZmtpDoors(
        ControlOptions options, SubscriptionTable table, PublishDoor publish, CommandDoor commands, StatsSocket stats, ZmtpContext context)
    {
        _options = options.Zmtp;
        _table = table;
        _logger = context.Logger;
        _pull = new PullSocket(publish.TakePull, context);
        _sub = new SubSocket(publish.TakeSub, context);
        _command = new RepSocket(commands.Answer, context);
        _stats = stats.Socket;
        _follower = new ChannelFollower(_sub);
    }

    /// <summary>Where the doors listen. Valid once opened.</summary>
    public IReadOnlyList<EndPoint> Addresses => [.. Sockets.SelectMany(socket => socket.Addresses)];

    private ZmtpSocket[] Sockets => [_pull, _sub, _command, _stats];

    /// <summary>Opens all doors.</summary>
    /// <returns>Null, or why one cannot be bound (CLI-04); then the caller closes all.</returns>
    public string? Open()
    {
        if (_options.Sub.Count > 0)
        {
            _following = _follower.RunAsync();
            _table.Observe(_follower);
        }

        return Bind(_pull, _options.Pull)
            ?? Bind(_command, _options.Command)
            ?? Bind(_stats, _options.Stats)
            ?? OpenSub();
    }

    /// <summary>Takes no more peers and messages, lets what waits for peers be written until <paramref name="cut"/>, and closes all. May be called again.</summary>
    public async Task CloseAsync(CancellationToken cut)
    {
        _follower.Stop();
        await Task.WhenAll(Sockets.Select(socket => socket.StopAsync(cut)).ToArray());
        await _following;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _follower.Stop();
        foreach (var socket in Sockets)
            await socket.DisposeAsync();
    }

    /// <summary>Where the sockets of a door listen, for tests that let the system choose ports.</summary>
    internal IReadOnlyList<EndPoint> AddressesOf(string door) => Sockets.Single(socket => socket.Door == door).Addresses;

    private string? OpenSub()
    {
        foreach (var endpoint in _options.Sub)
        {
            if (!_options.SubConnects && Bind(_sub, endpoint) is { } error)
                return error;
        }

        if (!_options.SubConnects || _options.Sub.Count == 0)
            return null;
        foreach (var endpoint in _options.Sub)
            _sub.Connect(endpoint);
        Log.DoorConnects(_logger, _sub.Door, string.Join(", ", _options.Sub.Select(endpoint => endpoint.Spec)));
        return null;
    }

    private string? Bind(ZmtpSocket socket, ZmtpEndpoint? endpoint)
    {
        if (endpoint is null)
            return null;
        try
        {
            socket.Bind(endpoint, _options.IpcFileMode);
            Log.DoorListens(_logger, socket.Door, endpoint.Spec);
            return null;
        }
        catch (Exception e) when (e is SocketException or IOException or UnauthorizedAccessException)
        {
            return $"unable to bind {endpoint.Spec}: {e.Message}";
        }
    }
}
