namespace GripProxy.Proxy.Logging;

/// <summary>The parts whose log level can be set one by one (CLI-03): Pushpin's process names, kept for its configuration files.</summary>
internal enum LogComponent
{
    /// <summary>The process itself: configuration, start, stop.</summary>
    Runner,

    /// <summary>Client connections and HTTP framing.</summary>
    Connmgr,

    /// <summary>Routing and origins.</summary>
    Proxy,

    /// <summary>Holds, channels and the control port.</summary>
    Handler,
}
