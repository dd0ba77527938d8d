using GripProxy.Protocol.Configuration;
using Microsoft.Extensions.Logging;

namespace GripProxy.Proxy.Commands;

/// <summary>Writes what is wrong with the configuration into the log. Stateless.</summary>
internal static partial class ConfigProblemLog
{
    /// <summary>Writes one line, at the level of its severity.</summary>
    public static void Write(ILogger logger, ConfigProblem problem)
    {
        switch (problem.Severity)
        {
            case ConfigSeverity.Error:
                Log.ConfigError(logger, problem);
                break;
            case ConfigSeverity.Warning:
                Log.ConfigWarning(logger, problem);
                break;
            default:
                // What a Pushpin file says and we do not need is for those who ask.
                Log.ConfigNote(logger, problem);
                break;
        }
    }
}
