using GripProxy.Proxy.Listeners.Admission;
using GripProxy.Proxy.Listeners.HandOver;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using BadHttpRequestException = Microsoft.AspNetCore.Http.BadHttpRequestException;

namespace GripProxy.Proxy.Listeners;

/// <summary>What a <see cref="ListenerServer"/> is made of. Immutable.</summary>
internal sealed record ListenerPlan
{
    /// <summary>Where it listens.</summary>
    public required IReadOnlyList<ListenPoint> Points { get; init; }

    /// <summary>Sets its limits.</summary>
    public required Action<KestrelServerOptions> Configure { get; init; }

    /// <summary>Says what a malformed request is answered with.</summary>
    public required Func<BadHttpRequestException, FramingReply> BadRequest { get; init; }

    /// <summary>Handles every request.</summary>
    public required RequestDelegate Handler { get; init; }

    /// <summary>Who is let in; null: everybody. The server disposes of it.</summary>
    public AdmissionGate? Gate { get; init; }

    /// <summary>What stands before HTTP; null: nothing. The server stops it and disposes of it.</summary>
    public ConnectionHandOver? HandOver { get; init; }
}
