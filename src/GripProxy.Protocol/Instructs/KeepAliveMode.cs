namespace GripProxy.Protocol.Instructs;

/// <summary>When the keep-alive timer starts again (HTTP-26).</summary>
public enum KeepAliveMode
{
    /// <summary>With each item sent.</summary>
    Idle,

    /// <summary>Only when it fires.</summary>
    Interval,
}
