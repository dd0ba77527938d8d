using System.Text.Json;
using GripProxy.Channels.Publishing;
using GripProxy.Channels.Subscriptions;
using GripProxy.Protocol.Configuration;
using GripProxy.Protocol.Routes;
using GripProxy.Security.Access;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace GripProxy.Dashboard;

/// <summary>What the dashboard needs of the other parts of the proxy. Immutable.</summary>
public sealed record DashboardParts
{
    /// <summary>Name of this node.</summary>
    public required string Node { get; init; }

    /// <summary>Who may sign in: those who may use the control port without channel limits.</summary>
    public required ControlAuthorizer Keys { get; init; }

    /// <summary>Answers a request as the control port would: the dashboard has no second way to do what that does.</summary>
    public required RequestDelegate Control { get; init; }

    /// <summary>Answers requests of the hub below <see cref="DashboardPaths.Hub"/>, whose clients have tickets (<see cref="Live.LiveTickets"/>).</summary>
    public required RequestDelegate Hub { get; init; }

    /// <summary>The tickets that the hub takes.</summary>
    public required Live.LiveTickets Tickets { get; init; }

    /// <summary>Writes members of an object: the metrics of this process, by name.</summary>
    public required Action<Utf8JsonWriter> WriteMetrics { get; init; }

    /// <summary>The configuration that was read at the start, without secrets.</summary>
    public required IReadOnlyList<SettingView> Configuration { get; init; }

    /// <summary>The routes in use.</summary>
    public required Func<RouteTable> Routes { get; init; }

    /// <summary>Brings live numbers to those who look.</summary>
    public required PublishPipeline Publish { get; init; }

    /// <summary>Tells whether somebody looks.</summary>
    public required SubscriptionTable Table { get; init; }

    /// <summary>The clock.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>The log.</summary>
    public required ILoggerFactory Logs { get; init; }
}
