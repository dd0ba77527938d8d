namespace GripProxy.Proxy.Logging;

/// <summary>How far a category's own idea of importance is believed.</summary>
internal enum LogVoice
{
    /// <summary>Our code: as it says.</summary>
    Own,

    /// <summary>The framework: its information is about single connections or requests, so it counts as debug, and its debug as trace.</summary>
    Framework,

    /// <summary>A library that complains about what a client or origin did; we write a line of our own about that, so this is debug.</summary>
    Chatter,

    /// <summary>Nothing is written.</summary>
    Mute,
}
