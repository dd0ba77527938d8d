using Microsoft.Extensions.Logging;

namespace GripProxy.Control.Zmtp;

public sealed partial class ZmtpDoors
{
    private static partial class Log
    {
        [LoggerMessage(5130, LogLevel.Information, "zmq {Door}: listening on {Spec}", EventName = "DoorListens")]
        public static partial void DoorListens(ILogger logger, string door, string spec);

        [LoggerMessage(5131, LogLevel.Information, "zmq {Door}: connecting to {Specs}", EventName = "DoorConnects")]
        public static partial void DoorConnects(ILogger logger, string door, string specs);
    }
}
