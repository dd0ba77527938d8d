using Microsoft.Extensions.Logging;

namespace GripProxy.Control.Zmtp.Sockets;

internal abstract partial class ZmtpSocket
{
    private static partial class Log
    {
        [LoggerMessage(5100, LogLevel.Warning, "zmq {Door}: peer {Peer} is dropped: {Reason}", EventName = "PeerDropped")]
        public static partial void PeerDropped(ILogger logger, string door, string peer, string reason);

        [LoggerMessage(5101, LogLevel.Debug, "zmq {Door}: peer {Peer} connected", EventName = "PeerConnected")]
        public static partial void PeerConnected(ILogger logger, string door, string peer);

        [LoggerMessage(5102, LogLevel.Debug, "zmq {Door}: peer {Peer} is gone", EventName = "PeerGone")]
        public static partial void PeerGone(ILogger logger, string door, string peer);

        [LoggerMessage(5103, LogLevel.Error, "zmq {Door}: serving peer {Peer} failed, it is dropped", EventName = "PeerFailed")]
        public static partial void PeerFailed(ILogger logger, string door, string peer, Exception error);

        [LoggerMessage(5104, LogLevel.Warning, "zmq {Door}: accepting a peer failed, trying again", EventName = "AcceptFailed")]
        public static partial void AcceptFailed(ILogger logger, string door, Exception error);

        [LoggerMessage(5105, LogLevel.Warning, "zmq {Door}: {Endpoint} cannot be reached, trying again: {Reason}", EventName = "ConnectFailed")]
        public static partial void ConnectFailed(ILogger logger, string door, string endpoint, string reason);
    }
}
