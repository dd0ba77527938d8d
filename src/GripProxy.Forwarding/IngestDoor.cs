using Microsoft.AspNetCore.Http;

namespace GripProxy.Forwarding;

/// <summary>Who takes requests of routes marked <c>ingest=true</c> that are no origin's: those with events (plugins-http.md §1). Immutable.</summary>
/// <param name="Takes">True for the paths that it takes.</param>
/// <param name="Handle">Answers a request.</param>
public sealed record IngestDoor(Func<string, bool> Takes, RequestDelegate Handle);
