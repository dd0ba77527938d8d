namespace GripProxy.Forwarding.Jsonp;

/// <summary>The script call that the client wants its answer wrapped in (HTTP-40). Immutable.</summary>
/// <param name="Callback">The function, Unicode.</param>
/// <param name="IsExtended">True: one object with code, reason, headers and body. False: the origin's body as it is.</param>
internal sealed record JsonpCall(string Callback, bool IsExtended);
