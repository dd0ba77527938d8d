using System.Net;
using Microsoft.Extensions.Logging;

namespace GripProxy.Proxy.Listeners.Sockets;

internal sealed partial class ListenAgain
{
    private static partial class Log
    {
        [LoggerMessage(
            9228,
            LogLevel.Warning,
            "the socket of {EndPoint} was shut down by another process that has it ({Problem}); listening on it again",
            EventName = "ListensAgain")]
        public static partial void ListensAgain(ILogger logger, EndPoint endPoint, string problem);

        [LoggerMessage(
            9227,
            LogLevel.Error,
            "no connections are accepted on {EndPoint} ({Problem}), and it cannot listen again: {Failure}; it is tried every second. Restart this process",
            EventName = "ListensNoMore")]
        public static partial void ListensNoMore(ILogger logger, EndPoint endPoint, string problem, string failure);
    }
}
