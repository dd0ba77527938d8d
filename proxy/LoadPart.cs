using GripProxy.Control.Inspect;
using GripProxy.Control.Inspect.Node;
using GripProxy.GameDay;
using GripProxy.Plugins;
using GripProxy.Plugins.Admin;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace GripProxy.Proxy;

/// <summary>A node that makes load for game days and nothing else, by its control port. Built only where the role says so. Owned by the proxy host.</summary>
internal sealed partial class LoadPart : IAsyncDisposable
{
    private readonly LoadNode _node;
    private readonly PluginsOptions _options;
    private readonly ILoggerFactory _logs;
    private OperatorDoor? _door;

    /// <summary>Builds it; nothing is read yet.</summary>
    public LoadPart(PluginsOptions options, IServiceProvider services, ILoggerFactory logs, TimeProvider time)
    {
        (_options, _logs) = (options, logs);
        var logger = logs.CreateLogger<LoadPart>();
        _node = new LoadNode(text => Log.Told(logger, text), time);
        var others = services.GetRequiredService<OtherPaths>();
        others.Serves = LoadNode.Serves;
        others.Names = static () => ["agent", "gamedays"];
        others.IsOperator = IsOperator;
        others.Answer = AnswerAsync;
        services.GetRequiredService<NodeWork>().Roles = ["loadgen"];
    }

    /// <summary>Reads who may ask.</summary>
    /// <returns>Null, or why it cannot.</returns>
    public string? Start()
    {
        _door = OperatorDoor.Open(_options, _logs, out var error);
        _node.Start();
        return _door is null ? error : null;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _node.DisposeAsync();

    private bool IsOperator(HttpRequest request) => _door?.IsOperator(request) == true;

    private Task AnswerAsync(HttpContext context)
    {
        if (IsOperator(context.Request))
            return _node.HandleAsync(context);
        context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        context.Response.ContentType = "application/problem+json";
        return context.Response.WriteAsync("""{"title":"Credentials needed","code":"missing_credentials","detail":"expected the header Authorization: Bearer with the operator's token"}""", context.RequestAborted);
    }

    private static partial class Log
    {
        [LoggerMessage(9017, LogLevel.Information, "game day {Text}", EventName = "GameDayTold")]
        public static partial void Told(ILogger logger, string text);
    }
}
