using System.Net;
using Microsoft.Extensions.Logging;

namespace GripProxy.Proxy.Listeners.Admission;

internal sealed partial class AdmissionGate
{
    private static partial class Log
    {
        [LoggerMessage(9220, LogLevel.Debug, "connection from {Peer} refused: {Reason}", EventName = "ConnectionRefused")]
        public static partial void Refused(ILogger logger, IPAddress peer, string reason);

        [LoggerMessage(9223, LogLevel.Debug, "connection cut: {Problem}", EventName = "AnswerTooSlow")]
        public static partial void TooSlow(ILogger logger, string problem);

        [LoggerMessage(
            9221,
            LogLevel.Information,
            "the system lets this process open {Files} files: {Places} clients may be connected at a time, further ones wait; for client_maxconn={Wanted} raise the limit of open files",
            EventName = "FewFiles")]
        public static partial void FewFiles(ILogger logger, int? files, int places, int wanted);
    }
}
