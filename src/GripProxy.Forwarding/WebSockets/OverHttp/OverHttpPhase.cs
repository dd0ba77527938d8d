namespace GripProxy.Forwarding.WebSockets.OverHttp;

/// <summary>Where the life of a connection over HTTP is.</summary>
internal enum OverHttpPhase
{
    /// <summary>Both sides may speak.</summary>
    Open,

    /// <summary>The client is gone; the origin is still to be told (WOH-10).</summary>
    Leaving,

    /// <summary>There will be no request any more.</summary>
    Over,
}
