using System.Net;
using Microsoft.Extensions.Logging;

namespace GripProxy.Proxy;

/// <content>Log messages; the texts of ports are Pushpin's (CLI-11).</content>
internal sealed partial class ProxyPorts
{
    private static partial class Log
    {
        [LoggerMessage(9100, LogLevel.Information, "listening on {Address}", EventName = "Listening")]
        public static partial void Listening(ILogger logger, EndPoint address);

        [LoggerMessage(9101, LogLevel.Information, "http control server: {Address}", EventName = "ControlListening")]
        public static partial void ControlListening(ILogger logger, IPEndPoint address);

        [LoggerMessage(9105, LogLevel.Information, "events server: {Address}", EventName = "EventsListening")]
        public static partial void EventsListening(ILogger logger, IPEndPoint address);

        [LoggerMessage(9108, LogLevel.Information, "dashboard: http://{Address}/", EventName = "DashboardListening")]
        public static partial void DashboardListening(ILogger logger, IPEndPoint address);

        [LoggerMessage(
            9102,
            LogLevel.Warning,
            "the control port is open to every program on this machine: no key is set; add [issuer:NAME] key=..., [bearer:NAME] token=... or [basic:NAME] password=...",
            EventName = "ControlOpen")]
        public static partial void ControlOpen(ILogger logger);

        [LoggerMessage(
            9107,
            LogLevel.Warning,
            "no listener is configured for the socket {Address} that was opened for this process; write the same address in [runner] http_port and in the socket unit",
            EventName = "SocketUnused")]
        public static partial void SocketUnused(ILogger logger, EndPoint address);
    }
}
