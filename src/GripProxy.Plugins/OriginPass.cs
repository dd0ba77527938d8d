using Microsoft.AspNetCore.Http;

namespace GripProxy.Plugins;

/// <summary>
/// Passes a client's request to a handler as to an origin: what its answer says about holding the client is done (plugins.md §7.8). Ends with the request, holds included.
/// </summary>
/// <param name="context">The client's request.</param>
/// <param name="origin">
/// Answers in the place of an origin, maybe more than once. The requests that it gets carry the client's under the option <c>GripProxy.Client</c>; those for links
/// of its answers carry none.
/// </param>
/// <param name="channelPrefix">In front of every channel that its answers name.</param>
/// <param name="name">What answers, as logs tell it.</param>
public delegate Task OriginPass(HttpContext context, HttpMessageHandler origin, string channelPrefix, string name);
