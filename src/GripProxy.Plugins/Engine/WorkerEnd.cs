namespace GripProxy.Plugins.Engine;

/// <summary>Why a process of the runtime ended.</summary>
internal enum WorkerEnd
{
    /// <summary>The host let it end.</summary>
    Stopped,

    /// <summary>It left by itself.</summary>
    Exited,

    /// <summary>Its JavaScript heap was full.</summary>
    HeapFull,

    /// <summary>It took more resident memory than it may; killed.</summary>
    MemoryExceeded,

    /// <summary>It started more threads than it may; killed.</summary>
    ThreadsExceeded,

    /// <summary>It answered nothing; killed.</summary>
    Hung,

    /// <summary>It sent what is no frame, or one that is too large; killed.</summary>
    BadFrame,

    /// <summary>It could not be started.</summary>
    NotStarted,
}
