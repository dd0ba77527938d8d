using GripProxy.Plugins.Admin.Http;
using GripProxy.Plugins.Switches;
using Microsoft.Extensions.Logging;

namespace GripProxy.Plugins.Admin;

/// <summary>Opens the admin API. Stateless.</summary>
internal static partial class AdminDoor
{
    /// <summary>Makes the router of all endpoints. Without a token in the configuration there is one in the data folder, made now if need be.</summary>
    /// <param name="parts">What the API works with.</param>
    /// <param name="token">Key <c>admin_token</c>, or empty.</param>
    /// <param name="data">The data folder.</param>
    /// <param name="loggers">The log.</param>
    /// <exception cref="IOException">The file of the token cannot be read or written.</exception>
    public static AdminRouter Open(AdminParts parts, string token, string data, ILoggerFactory loggers)
    {
        var logger = loggers.CreateLogger<AdminRouter>();
        return new AdminRouter(AdminApi.Endpoints(parts), new AdminTokens(ReadToken(token, data, logger), AdminTokens.OfTenants(parts.Store)), logger) { IsReadOnly = () => parts.Switches.IsOn(SwitchName.ReadOnlyAdmin) };
    }

    /// <summary>The hash of the operator's token; says so if it was made now.</summary>
    /// <exception cref="IOException">Its file cannot be read or written.</exception>
    public static string ReadToken(string token, string data, ILogger logger)
    {
        var hash = AdminTokens.OperatorHash(token, data, out var written);
        if (written is not null)
            Log.TokenWritten(logger, written);
        return hash;
    }

    private static partial class Log
    {
        [LoggerMessage(7702, LogLevel.Information, "the operator token of the plugins has been written to {File}", EventName = "OperatorTokenWritten")]
        public static partial void TokenWritten(ILogger logger, string file);
    }
}
