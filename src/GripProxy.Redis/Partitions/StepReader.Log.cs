using Microsoft.Extensions.Logging;

namespace GripProxy.Redis.Partitions;

internal sealed partial class StepReader
{
    private static partial class Log
    {
        [LoggerMessage(6010, LogLevel.Information, "cluster: items of channel={Channel} were lost on their way; its holds ask their origins", EventName = "Recovering")]
        public static partial void Recovering(ILogger logger, string channel);

        [LoggerMessage(6011, LogLevel.Debug, "cluster: a message of kind {Kind} is not known here; another node runs a newer version", EventName = "UnknownMessage")]
        public static partial void UnknownMessage(ILogger logger, string kind);

        [LoggerMessage(6012, LogLevel.Warning, "cluster: an item in layout {Layout} came from a newer node, this version reads up to {Known}; holds ask their origins; run one version on all nodes", EventName = "NewerItem")]
        public static partial void NewerItem(ILogger logger, byte layout, byte known);

        [LoggerMessage(6013, LogLevel.Warning, "cluster: what came as an item is none; holds ask their origins", EventName = "BadItem")]
        public static partial void BadItem(ILogger logger, Exception error);
    }
}
