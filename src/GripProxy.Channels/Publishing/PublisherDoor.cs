namespace GripProxy.Channels.Publishing;

/// <summary>The way an item came in (CTL-09).</summary>
public enum PublisherDoor
{
    /// <summary>The control port.</summary>
    Http,

    /// <summary>ZeroMQ, PULL.</summary>
    Pull,

    /// <summary>ZeroMQ, SUB.</summary>
    Sub,

    /// <summary>The command socket.</summary>
    Command,

    /// <summary>The output of a plugin.</summary>
    Plugin,

    /// <summary>Another node of the cluster.</summary>
    Node,
}
