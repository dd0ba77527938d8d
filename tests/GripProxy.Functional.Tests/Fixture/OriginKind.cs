namespace GripProxy.Functional.Tests.Fixture;

/// <summary>What an origin speaks behind a client's WebSocket.</summary>
public enum OriginKind
{
    /// <summary>WebSocket itself.</summary>
    Native,

    /// <summary>WebSocket-over-HTTP, a target with <c>over_http</c>.</summary>
    OverHttp,
}
