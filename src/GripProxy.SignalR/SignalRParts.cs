using GripProxy.Channels.Timing;
using GripProxy.Holds;
using GripProxy.Holds.Messages;
using GripProxy.Security.Access;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace GripProxy.SignalR;

/// <summary>What the hub needs of the other parts of the proxy. Immutable.</summary>
public sealed record SignalRParts
{
    /// <summary>Holds the clients.</summary>
    public required HoldKeeper Holds { get; init; }

    /// <summary>Checks the token of a client (SIG-03); null: it has none.</summary>
    public required Func<string?, SubscriberDecision> CheckToken { get; init; }

    /// <summary>Drives the ends of tokens; the clock is behind it.</summary>
    public required TimerWheel Wheel { get; init; }

    /// <summary>Asks the origin about a client (SIG-02). Throws <see cref="OperationCanceledException"/> when the client is gone.</summary>
    public required Func<HttpContext, CancellationToken, Task<MessageAdmission>> AskOrigin { get; init; }

    /// <summary>Lets in a client that was checked.</summary>
    public required Func<HttpContext, MessageAdmission> Admit { get; init; }

    /// <summary>The log.</summary>
    public required ILoggerFactory Logs { get; init; }
}
