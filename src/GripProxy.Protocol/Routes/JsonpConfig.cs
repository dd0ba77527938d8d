namespace GripProxy.Protocol.Routes;

/// <summary>JSON-P settings of a route (RTE-24). Immutable.</summary>
/// <param name="Mode">Shape of the answer.</param>
/// <param name="CallbackParameter">Query parameter that names the callback; <c>callback</c> by default.</param>
/// <param name="BodyParameter">Query parameter that carries a body, or null: <c>_body</c>.</param>
/// <param name="DefaultCallback">Callback used when only the body parameter is there, or null.</param>
/// <param name="DefaultMethod">Method of the origin request where the query names none.</param>
public sealed record JsonpConfig(
    JsonpMode Mode, string CallbackParameter, string? BodyParameter, string? DefaultCallback, string DefaultMethod)
{
    /// <summary>What holds where a route says nothing, or where there is no route.</summary>
    public static JsonpConfig Default { get; } = new(JsonpMode.Extended, "callback", null, null, "GET");
}
