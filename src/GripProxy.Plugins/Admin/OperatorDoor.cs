using GripProxy.Plugins.Admin.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace GripProxy.Plugins.Admin;

/// <summary>Knows the operator's token on a node that runs no plugins (plugins-http.md §2): that of the configuration, else the one in the data folder, made now if need be. Immutable.</summary>
public sealed class OperatorDoor
{
    private readonly AdminTokens _tokens;

    private OperatorDoor(AdminTokens tokens) => _tokens = tokens;

    /// <summary>Reads the token.</summary>
    /// <param name="options">Where it is.</param>
    /// <param name="loggers">The log.</param>
    /// <param name="error">Why its file cannot be used, or empty.</param>
    public static OperatorDoor? Open(PluginsOptions options, ILoggerFactory loggers, out string error)
    {
        ArgumentNullException.ThrowIfNull(options);
        error = "";
        try
        {
            if (options.AdminToken.Length == 0)
                PrivateFolder.Create(options.Data);
            return new OperatorDoor(new AdminTokens(AdminDoor.ReadToken(options.AdminToken, options.Data, loggers.CreateLogger<OperatorDoor>()), static () => []));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            error = $"[plugins] data: {options.Data} cannot be used: {e.Message}";
            return null;
        }
    }

    /// <summary>True if a request has the token.</summary>
    public bool IsOperator(HttpRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return AdminRouter.TokenOf(request, out _) is { } token && _tokens.Find(token) is not null;
    }
}
